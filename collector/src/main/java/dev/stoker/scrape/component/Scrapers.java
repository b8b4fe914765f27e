package dev.stoker.scrape.component;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.HttpScraper;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.source.OwnNames;
import dev.stoker.scrape.source.TargetCalls;
import dev.stoker.scrape.source.actuator.ActuatorScraper;
import dev.stoker.scrape.source.jolokia.JolokiaScraper;
import dev.stoker.scrape.source.prof.ProfScraper;
import dev.stoker.scrape.source.threaddump.ThreadDumpScraper;
import dev.stoker.scrape.target.Source;
import java.util.function.Supplier;

/**
 * Chooses the scraper for each kind of source, for the daemon and for <code>stoker scrape</code>.
 *
 * @param names what this process calls its own things in other processes
 */
public record Scrapers(
    HttpScraper.Tools tools, CpuPool cpuPool, BaselineBudget memory, OwnNames names) {
  /**
   * @param settings those of now: a reload may exchange them
   */
  public Scraper of(Source source, Supplier<ClientAccess> settings) {
    Timers timers = tools.timers();
    BodyBudget budget = tools.budget();
    Scraper http = target -> new HttpScraper(tools, settings.get()).scrape(target);
    TargetCalls calls = new TargetCalls(tools.client(), tools.userAgent(), settings);
    if (source instanceof Source.ActuatorJfr actuator) {
      return new ActuatorScraper(
          actuator, new ActuatorScraper.Tools(timers, budget, calls, http, names));
    }
    if (source instanceof Source.Jolokia jolokia) {
      return new JolokiaScraper(jolokia, new JolokiaScraper.Tools(timers, budget, calls, names));
    }
    if (source instanceof Source.ThreadDump dumps) {
      return new ThreadDumpScraper(
          dumps, new ThreadDumpScraper.Tools(http, timers, cpuPool, memory));
    }
    return source instanceof Source.Prof ? new ProfScraper(http, timers) : http;
  }
}
