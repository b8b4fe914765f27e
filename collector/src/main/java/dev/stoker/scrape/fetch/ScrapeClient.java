package dev.stoker.scrape.fetch;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.connection.WatchedClient;
import io.vertx.core.Vertx;

/** The HTTP client of all scrapes, with the settings that {@link HttpScraper} relies on. */
public final class ScrapeClient {
  /**
   * Nine profile types may be open at one target at once; Vert.x' default of five would make timed
   * ones wait and miss their tick.
   */
  private static final int CONNECTIONS_PER_ORIGIN = 16;

  private static final int KEEP_ALIVE_SECONDS = 75;

  /** For a few scrapes. */
  public static WatchedClient create(Vertx vertx, Timers timers) {
    return create(vertx, timers, WatchedClient.Options.DEFAULT.kept());
  }

  /**
   * @param kept connections that stay open for the next scrape, to all targets together
   */
  public static WatchedClient create(Vertx vertx, Timers timers, int kept) {
    return new WatchedClient(
        vertx,
        timers,
        new WatchedClient.Options(CONNECTIONS_PER_ORIGIN, 1, KEEP_ALIVE_SECONDS, false, kept));
  }

  private ScrapeClient() {}
}
