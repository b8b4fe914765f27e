package dev.stoker.scrape.component;

import dev.stoker.component.ForwardTo;
import dev.stoker.component.Running;
import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.discovery.TargetList;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.loop.ScrapeComponent;
import dev.stoker.scrape.loop.TargetStatus;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * A running <code>pyroscope.scrape</code> with the parts that a reload may exchange: the HTTP
 * settings of its scraper, and the receivers of its profiles. Its loops stay through reloads. Owned
 * by the control context.
 */
public final class RunningScrape implements Running {
  /** Running scrapes may end by themselves; a default CPU profile takes 14 s. */
  private static final long DRAIN_MILLIS = 15_500;

  private final ScrapeShared shared;
  private final ForwardTo forwardTo;
  private final Exchangeable scraper;
  private final ScrapeComponent component;
  private ScrapeConfig config;
  private ClientAccess http;
  private boolean leaving;
  private Future<Void> settled = Future.succeededFuture();

  /** Scrapes that run go on with what they have started with. */
  private static final class Exchangeable implements Scraper {
    private Scraper now;

    Exchangeable(Scraper first) {
      this.now = first;
    }

    @Override
    public InFlight scrape(Target target) {
      return now.scrape(target);
    }

    @Override
    public InFlight scrapeOnce(Target target) {
      return now.scrapeOnce(target);
    }

    @Override
    public Future<Void> leave(Target target) {
      return now.leave(target);
    }

    @Override
    public String detail(Target target) {
      return now.detail(target);
    }
  }

  RunningScrape(ScrapeConfig config, ScrapeShared shared, ClientAccess http, ForwardTo forwardTo) {
    this.config = config;
    this.shared = shared;
    this.forwardTo = forwardTo;
    this.http = http;
    this.scraper = new Exchangeable(shared.scraper(config.source(), () -> this.http));
    this.component = shared.component(config, scraper, forwardTo);
  }

  ScrapeConfig config() {
    return config;
  }

  /** The scrape loops of this component. */
  public ScrapeComponent component() {
    return component;
  }

  /** The next targets are worked on by the new config. */
  void reconfigure(ScrapeConfig next) {
    forwardTo.set(next.forwardTo());
    if (!next.equals(config)) {
      component.reconfigure(next);
      boolean sameSource = next.source().equals(config.source());
      config = next;
      if (!sameSource) {
        scraper.now.replaced();
        scraper.now = shared.scraper(config.source(), () -> this.http);
      }
    }
  }

  void use(ClientAccess next) {
    http = next;
  }

  void targets(TargetList list) {
    if (leaving) {
      return;
    }
    try {
      settled = component.targets(list).onFailure(this::failed);
    } catch (Throwable thrown) {
      failed(thrown);
    }
  }

  /** Running loops go on; the next list of targets is a new attempt. */
  private void failed(Throwable thrown) {
    component.books().bug("taking new targets", thrown, System.nanoTime());
  }

  @Override
  public ComponentHealth health() {
    long down =
        component.active().stream()
            .filter(view -> view.status().health() == TargetStatus.Health.DOWN)
            .count();
    String loops =
        component.active().size()
            + " loops, "
            + down
            + " down; "
            + component.dropped().size()
            + " targets dropped";
    String leftOut = component.leftOut();
    return leftOut.isEmpty()
        ? ComponentHealth.healthy(loops)
        : ComponentHealth.unhealthy(loops + "; " + leftOut);
  }

  @Override
  public Optional<ComponentBooks> books() {
    return Optional.of(component.books());
  }

  /** Completes when the loops of removed targets have ended and those of new ones have started. */
  @Override
  public Future<Void> settled() {
    return settled;
  }

  /**
   * Stops all loops and completes when none runs any more: another component may take over the
   * targets then.
   */
  @Override
  public Future<Void> letGo(Ending ending) {
    leaving = true;
    if (ending == Ending.REMOVED) {
      return component.stop(true);
    }
    Timers.Cancellable cut = shared.timers().after(DRAIN_MILLIS, () -> component.stop(true));
    Future<Void> ended =
        ending == Ending.LAST_SCRAPES
            ? component.stopAfterLastScrapes(shared.lastScrapes())
            : component.stop(false);
    return ended.onComplete(ignored -> cut.cancel());
  }

  @Override
  public Future<Void> stop(long millis) {
    shared.forget(config.component());
    return Future.succeededFuture();
  }
}
