package dev.stoker.scrape.source.prof;

import dev.stoker.concurrent.Timers;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.target.Target;

/**
 * Asks for a profile and comes back for it later: a <code>Refresh</code> header in the answer tells
 * where the profile will be, and when. An answer without that header is the profile itself, as
 * ap-agent sends it.
 */
public final class ProfScraper implements Scraper {
  private final Scraper http;
  private final Timers timers;

  /**
   * @param http for one request each
   */
  public ProfScraper(Scraper http, Timers timers) {
    this.http = http;
    this.timers = timers;
  }

  @Override
  public InFlight scrape(Target target) {
    ProfFetch fetch = new ProfFetch(target, http, timers);
    fetch.start();
    return fetch;
  }
}
