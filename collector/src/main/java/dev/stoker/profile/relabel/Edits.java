package dev.stoker.profile.relabel;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wait for profiles whose labels inside are being edited when Stoker stops: they still go to
 * the queues, but the stop does not wait for ever.
 */
final class Edits {
  static final long PATIENCE_MILLIS = 3_000;

  private static final Logger log = LoggerFactory.getLogger(Edits.class);

  private final Timers timers;
  private final UnderWay underWay;
  private @Nullable Future<Void> ending;

  Edits(Timers timers, UnderWay underWay) {
    this.timers = timers;
    this.underWay = underWay;
  }

  /** Completes when none is left, or when they have had their time. The same future for all. */
  Future<Void> ended() {
    timers.control().assertOn();
    Future<Void> known = ending;
    if (known == null) {
      known = idle();
      ending = known;
    }
    return known;
  }

  private Future<Void> idle() {
    Promise<Void> ended = Promise.promise();
    Timers.Cancellable patience = timers.after(PATIENCE_MILLIS, () -> goOn(ended));
    underWay.whenIdle(
        () -> {
          patience.cancel();
          ended.tryComplete();
        });
    return ended.future();
  }

  private void goOn(Promise<Void> ended) {
    log.atWarn()
        .addKeyValue("profiles", underWay.profiles())
        .log("the sample_rules of some profiles take too long; the stop does not wait for them");
    ended.tryComplete();
  }
}
