package dev.stoker.scrape.source.actuator;

import dev.stoker.concurrent.Timers;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.source.Cleanups;
import dev.stoker.scrape.source.Conversation;
import dev.stoker.scrape.source.OwnNames;
import dev.stoker.scrape.source.TargetCalls;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.Set;

/**
 * Scrapes targets with Spring Boot's flight-recorder starter, and knows which recordings of one
 * component run in them. Owned by the control context.
 */
public final class ActuatorScraper implements Scraper {
  private final Source.ActuatorJfr source;
  private final Tools tools;
  private final Cleanups cleanups;

  /** Targets in which nothing of ours is left but what runs now. */
  private final Set<String> swept = new HashSet<>();

  /**
   * @param http fetches a finished recording under the target's limits
   */
  public record Tools(
      Timers timers, BodyBudget budget, TargetCalls calls, Scraper http, OwnNames names) {}

  public ActuatorScraper(Source.ActuatorJfr source, Tools tools) {
    this.source = source;
    this.tools = tools;
    this.cleanups = new Cleanups(tools.timers());
  }

  @Override
  public InFlight scrape(Target target) {
    Conversation conversation = new Conversation(target, tools.timers(), tools.budget());
    new ActuatorPull(source, tools, cleanups, swept, target, conversation).start();
    return conversation;
  }

  @Override
  public Future<Void> leave(Target target) {
    return cleanups.done(target.key()).onComplete(ignored -> swept.remove(target.key()));
  }

  @Override
  public String detail(Target target) {
    return "a recording of "
        + target.plan().seconds()
        + " s for each scrape, events of "
        + source.events();
  }
}
