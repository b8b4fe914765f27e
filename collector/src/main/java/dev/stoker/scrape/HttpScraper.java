package dev.stoker.scrape;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.HttpSettings;
import dev.stoker.http.WatchedClient;

/**
 * Fetches over HTTP. Below Web Client on Vert.x' HttpClient: bodies are gathered into one presized
 * array, and a total deadline and a size limit end a fetch in the middle of its body, which Web
 * Client cannot (its timeouts are idle timeouts).
 */
public final class HttpScraper implements Scraper {
  private final WatchedClient client;
  private final Timers timers;
  private final ByteBudget budget;
  private final String userAgent;
  private final HttpSettings settings;

  /**
   * @param settings of the component whose targets these are
   * @param client without decompression and without following redirects: both are done here, under
   *     the limits
   */
  public HttpScraper(
      WatchedClient client,
      Timers timers,
      ByteBudget budget,
      String userAgent,
      HttpSettings settings) {
    this.settings = settings;
    this.client = client;
    this.timers = timers;
    this.budget = budget;
    this.userAgent = userAgent;
  }

  @Override
  public InFlight scrape(Target target) {
    HttpFetch fetch = new HttpFetch(client, budget, userAgent, settings, target);
    Timers.Cancellable deadline =
        timers.after(target.plan().deadlineMillis(), fetch::deadlinePassed);
    fetch.result().onComplete(ignored -> deadline.cancel());
    fetch.start(target.url());
    return fetch;
  }
}
