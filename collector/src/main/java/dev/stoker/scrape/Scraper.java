package dev.stoker.scrape;

import io.vertx.core.Future;

/** Fetches one body from a target. Control context only. */
public interface Scraper {
  /** Starts a fetch under the target's total deadline. */
  InFlight scrape(Target target);

  /** A started fetch. */
  interface InFlight {
    /** Never fails: failures are {@link ScrapeResult.Failed}. Completes on the control context. */
    Future<ScrapeResult> result();

    /** Ends the fetch now with {@link Outcome#CANCELLED}; harmless when it has ended. */
    void cancel();

    /** The body has been worked off: its bytes count against the byte budget until here. */
    void release();
  }
}
