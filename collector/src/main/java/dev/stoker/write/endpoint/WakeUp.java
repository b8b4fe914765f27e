package dev.stoker.write.endpoint;

import dev.stoker.concurrent.Timers;
import org.jspecify.annotations.Nullable;

/** One timer, set for the moment at which there may be something to do. Monotonic milliseconds. */
final class WakeUp {
  /** No moment is known. */
  static final long NEVER = Long.MAX_VALUE;

  private final Timers timers;
  private final Runnable action;
  private Timers.@Nullable Cancellable timer;
  private long at;

  WakeUp(Timers timers, Runnable action) {
    this.timers = timers;
    this.action = action;
  }

  /** Keeps a timer that comes early enough; whoever wakes too early asks again. */
  void set(long due, long now) {
    if (timer != null && (due == NEVER || due < at || at <= now)) {
      cancel();
    }
    if (timer == null && due != NEVER) {
      at = Math.max(due, now + 1);
      timer =
          timers.after(
              at - now,
              () -> {
                timer = null;
                action.run();
              });
    }
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
