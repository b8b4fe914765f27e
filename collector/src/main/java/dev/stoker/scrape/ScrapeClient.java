package dev.stoker.scrape;

import dev.stoker.http.HttpSettings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.PoolOptions;

/** The HTTP client of all scrapes, with the settings that {@link HttpScraper} relies on. */
public final class ScrapeClient {
  /**
   * Nine profile types may be open at one target at once; Vert.x' default of five would make timed
   * ones wait and miss their tick.
   */
  private static final int CONNECTIONS_PER_ORIGIN = 16;

  private static final int KEEP_ALIVE_SECONDS = 75;

  public static HttpClient create(Vertx vertx) {
    return vertx.createHttpClient(
        HttpSettings.clientOptions()
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setDecompressionSupported(false)
            .setTcpNoDelay(true),
        new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_ORIGIN));
  }

  private ScrapeClient() {}
}
