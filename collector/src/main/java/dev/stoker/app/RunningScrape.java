package dev.stoker.app;

import dev.stoker.discovery.TargetList;
import dev.stoker.http.HttpSettings;
import dev.stoker.scrape.ScrapeComponent;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.scrape.Scraper;
import dev.stoker.scrape.Target;
import io.vertx.core.Future;

/**
 * A <code>pyroscope.scrape</code> at work. Its loops hold what stays through reloads: a scraper
 * whose HTTP settings, and a receiver whose addressees, can be exchanged. Control context only.
 */
final class RunningScrape {
  private final Workshop workshop;
  private final ForwardTo forwardTo;
  private final Exchangeable scraper;
  private final ScrapeComponent component;
  private ScrapeConfig config;
  private HttpSettings http;
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

  RunningScrape(ScrapeConfig config, Workshop workshop, HttpSettings http, ForwardTo forwardTo) {
    this.config = config;
    this.workshop = workshop;
    this.forwardTo = forwardTo;
    this.http = http;
    this.scraper = new Exchangeable(workshop.scraper(config.source(), () -> this.http));
    this.component = workshop.scrape(config, scraper, workshop.recent().beside(forwardTo));
  }

  ScrapeComponent component() {
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
        scraper.now = workshop.scraper(config.source(), () -> this.http);
      }
    }
  }

  void use(HttpSettings next) {
    http = next;
  }

  void targets(TargetList list) {
    try {
      settled = component.targets(list).onFailure(this::failed);
    } catch (Throwable thrown) {
      failed(thrown);
    }
  }

  /** What runs goes on; the next list of targets is a new try. */
  private void failed(Throwable thrown) {
    component.books().bug("taking new targets", thrown, System.nanoTime());
  }

  /** Completes when the loops of removed targets have ended and those of new ones have started. */
  Future<Void> settled() {
    return settled;
  }
}
