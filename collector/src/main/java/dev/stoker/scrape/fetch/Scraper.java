package dev.stoker.scrape.fetch;

import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;

/** Fetches bodies from targets. Called on the control context, on which results complete, too. */
public interface Scraper {
  /** Starts a fetch under the target's total deadline. */
  InFlight scrape(Target target);

  /**
   * Starts a fetch in addition to the target's loop, for a user who looks at a profile now. The
   * loop loses nothing by it.
   */
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

  /**
   * Another scraper takes over all targets. Gives back everything that is held in them, in the
   * background.
   */
  default void replaced() {}

  /** Describes for users what Stoker has running in the target; "" = nothing. */
  default String detail(Target target) {
    return "";
  }

  /** A started fetch. */
  interface InFlight {
    /** Never fails: failures are {@link ScrapeResult.Failed}. Completes on the control context. */
    Future<ScrapeResult> result();

    /** Ends the fetch now with {@link Outcome#CANCELLED}; harmless when it has ended. */
    void cancel();

    /**
     * The body is no longer needed: its bytes count against the budget of bodies until this call.
     */
    void release();

    /**
     * The loop's next tick has come: a fetch that waits for memory ends with {@link
     * Outcome#MEMORY}.
     */
    default void nextTick() {}

    /** Nanoseconds that the fetch has waited for memory, which is not the target's fault. */
    default long waitedNanos() {
      return 0;
    }
  }
}
