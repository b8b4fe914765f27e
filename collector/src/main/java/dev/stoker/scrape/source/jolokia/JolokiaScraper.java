package dev.stoker.scrape.source.jolokia;

import dev.stoker.concurrent.Timers;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.source.Cleanups;
import dev.stoker.scrape.source.Conversation;
import dev.stoker.scrape.source.OwnNames;
import dev.stoker.scrape.source.TargetCalls;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scrapes targets over Jolokia, and knows which recordings of one component run in them. Owned by
 * the control context.
 */
public final class JolokiaScraper implements Scraper {
  private final Source.Jolokia source;
  private final Tools tools;
  private final Cleanups cleanups;
  private final Map<String, State> states = new HashMap<>();

  public record Tools(Timers timers, BodyBudget budget, TargetCalls calls, OwnNames names) {}

  /** The state of one target. */
  static final class State {
    final Target target;
    @Nullable OwnRecording held;

    /** True if the target has nothing of ours but the recording that is held. */
    boolean swept;

    /**
     * True if nobody scrapes the target any more: what a running scrape still begins is given back.
     */
    boolean left;

    State(Target target) {
      this.target = target;
    }
  }

  public JolokiaScraper(Source.Jolokia source, Tools tools) {
    this.source = source;
    this.tools = tools;
    this.cleanups = new Cleanups(tools.timers());
  }

  @Override
  public InFlight scrape(Target target) {
    State state = states.computeIfAbsent(target.key(), ignored -> new State(target));
    Conversation conversation = new Conversation(target, tools.timers(), tools.budget());
    conversation
        .result()
        .onComplete(
            ignored -> {
              if (state.left) {
                giveBack(state);
              }
            });
    new JolokiaPull(source, state, new RecorderCalls(tools, cleanups, target, conversation))
        .start();
    return conversation;
  }

  /** Fetches by a recording of its own, which is closed at once. */
  @Override
  public InFlight scrapeOnce(Target target) {
    State own = new State(target);
    own.swept = true;
    Conversation conversation = new Conversation(target, tools.timers(), tools.budget());
    conversation.result().onComplete(done -> endOnce(own, done.result()));
    new JolokiaPull(source, own, new RecorderCalls(tools, cleanups, target, conversation)).start();
    return conversation;
  }

  private void endOnce(State own, ScrapeResult result) {
    giveBack(own);
    State looped = states.get(own.target.key());
    if (result instanceof ScrapeResult.Failed && looped != null) {
      looped.swept = false;
    }
  }

  @Override
  public Future<Void> leave(Target target) {
    State state = states.remove(target.key());
    if (state != null) {
      state.left = true;
      giveBack(state);
    }
    return cleanups.done(target.key());
  }

  @Override
  public void replaced() {
    List.copyOf(states.values()).forEach(state -> leave(state.target));
  }

  private void giveBack(State state) {
    OwnRecording held = state.held;
    state.held = null;
    if (held != null) {
      tools.names().ended(held.name);
      List<JsonObject> close = List.of(FlightRecorderBean.exec("closeRecording", held.id));
      cleanups.add(state.target.key(), RecorderCalls.call(tools, state.target, close, data -> {}));
    }
  }

  @Override
  public String detail(Target target) {
    State state = states.get(target.key());
    OwnRecording held = state == null ? null : state.held;
    return held == null
        ? ""
        : "recording "
            + held.id
            + " ("
            + held.name
            + ") since "
            + Instant.ofEpochMilli(held.startedMillis)
            + ", events of "
            + source.events();
  }
}
