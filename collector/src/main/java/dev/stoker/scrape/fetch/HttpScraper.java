package dev.stoker.scrape.fetch;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.connection.WatchedClient;
import dev.stoker.scrape.target.Target;

/**
 * Fetches over HTTP: bodies are gathered into one presized array, as there is memory for them, and
 * a total deadline and a size limit end a fetch in the middle of its body.
 */
public final class HttpScraper implements Scraper {
  private final Tools tools;
  private final ClientAccess settings;

  /**
   * The parts that all fetches share.
   *
   * @param client without decompression and without following redirects: both are done here, under
   *     the limits
   */
  public record Tools(WatchedClient client, Timers timers, BodyBudget budget, String userAgent) {}

  /**
   * @param settings of the component whose targets these are
   */
  public HttpScraper(Tools tools, ClientAccess settings) {
    this.tools = tools;
    this.settings = settings;
  }

  @Override
  public InFlight scrape(Target target) {
    HttpFetch fetch = new HttpFetch(tools, settings, target);
    fetch.start();
    return fetch;
  }
}
