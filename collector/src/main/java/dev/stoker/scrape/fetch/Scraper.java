package dev.stoker.scrape.fetch;

import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;

/** Fetches one body from a target. */
public interface Scraper {
  /** Starts a fetch under the target's total deadline. */
  InFlight scrape(Target target);

  /** The same beside the target's loop, for somebody who looks: the loop misses nothing by it. */
  default InFlight scrapeOnce(Target target) {
    return scrape(target);
  }

  /**
   * The target's loop has ended: gives back what is still held in the target. Takes a few seconds
   * at most and never fails; what could not be given back is swept by the next start.
   */
  default Future<Void> leave(Target target) {
    return Future.succeededFuture();
  }

  /** Another scraper takes over all targets; gives back all that is held in them, meanwhile. */
  default void replaced() {}

  /** For people: what runs in the target for us; "" = nothing. */
  default String detail(Target target) {
    return "";
  }

  /** A started fetch. */
  interface InFlight {
    /** Never fails: failures are {@link ScrapeResult.Failed}. Completes on the control context. */
    Future<ScrapeResult> result();

    /** Ends the fetch now with {@link Outcome#CANCELLED}; harmless when it has ended. */
    void cancel();

    /** The body has been worked off: its bytes count against the budget of bodies until here. */
    void release();

    /** The loop's next tick has come: ends it with {@link Outcome#MEMORY} if it waits for that. */
    default void nextTick() {}

    /** How long it has waited for memory, which is not the target's fault. */
    default long waitedNanos() {
      return 0;
    }
  }
}
