package dev.stoker.component;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Components that reloads have taken out and that still deliver or close. The next reload lets them
 * end first, but not for ever: they may hang on a disk.
 */
final class RetiredComponents {
  static final long PATIENCE_MILLIS = 5_000;

  private static final Logger log = LoggerFactory.getLogger(RetiredComponents.class);

  private final Timers timers;
  private Future<?> last = Future.succeededFuture();

  /** Components that did not end within their time. */
  private Future<?> late = Future.succeededFuture();

  RetiredComponents(Timers timers) {
    this.timers = timers;
  }

  /** Adds the components that the last reload has taken out. */
  void add(Future<?> next) {
    late = all();
    last = next;
  }

  /** Completes when that has ended, or has had its time. */
  Future<Void> left() {
    Promise<Void> left = Promise.promise();
    Timers.Cancellable patience = timers.after(PATIENCE_MILLIS, () -> goOn(left));
    last.onComplete(
        ignored -> {
          patience.cancel();
          left.tryComplete();
        });
    return left.future();
  }

  private void goOn(Promise<Void> left) {
    log.warn("what the last reload took out is still closing; the next one does not wait for it");
    add(Future.succeededFuture());
    left.tryComplete();
  }

  /** Completes when all has ended. */
  Future<?> all() {
    if (last.isComplete()) {
      return late;
    }
    return late.isComplete() ? last : Future.join(late, last);
  }
}
