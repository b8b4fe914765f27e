package dev.stoker.scrape.loop;

import dev.stoker.scrape.schedule.LastScrapeSlots;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a loop ends, from when it is told to stop: it waits for a running scrape, makes one last
 * scrape where one is asked for, and gives back what it holds in the target. Owned by the control
 * context.
 */
final class LoopEnd {
  private enum State {
    /** A scrape may run; {@link #idle} tells when none does. */
    ENDS,
    /** No scrape runs, and the last one waits for its turn. */
    WAITS_FOR_SLOT,
    /** Gives back what it holds in the target; no scrape begins any more. */
    LEAVES
  }

  private final Promise<Void> over = Promise.promise();
  private State state = State.ENDS;
  private @Nullable LastScrapeSlots slots;

  /**
   * @param slots one for each last scrape that may run at once; null = no last scrape
   */
  LoopEnd(@Nullable LastScrapeSlots slots) {
    this.slots = slots;
  }

  /** Completes when the loop is over. */
  Future<Void> over() {
    return over.future();
  }

  /** No last scrape begins any more. */
  void hurry() {
    slots = null;
    if (state == State.WAITS_FOR_SLOT) {
      state = State.ENDS;
    }
  }

  /**
   * No scrape runs.
   *
   * @param up the target answers, so that a last scrape is worth its time
   * @param lastScrape begins it
   * @param leave gives back what the loop holds; the loop is over when that completes
   */
  void idle(boolean up, Runnable lastScrape, Supplier<Future<Void>> leave) {
    if (state != State.ENDS) {
      return;
    }
    LastScrapeSlots from = slots;
    if (from != null && up) {
      slots = null;
      state = State.WAITS_FOR_SLOT;
      from.take(() -> granted(from, lastScrape));
    } else {
      state = State.LEAVES;
      leave.get().onComplete(ignored -> over.complete());
    }
  }

  private void granted(LastScrapeSlots from, Runnable lastScrape) {
    over.future().onComplete(ignored -> from.give());
    if (state == State.WAITS_FOR_SLOT) {
      state = State.ENDS;
      lastScrape.run();
    }
  }
}
