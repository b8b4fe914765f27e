package dev.stoker.selfprofile;

import dev.stoker.concurrent.Timers;
import dev.stoker.jvm.own.JvmProfiler;
import dev.stoker.jvm.own.ProfileQuery;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/**
 * Profiles of this JVM, see {@link ProfileQuery}. Asked on the control context; the readings run on
 * worker threads. The recording that they are read from ends when nobody has asked for a while.
 */
public final class OwnProfiles {
  private static final long IDLE_CHECK_MILLIS = 10_000;

  private final Vertx vertx;
  private final Timers timers;
  private final JvmProfiler profiler;
  private boolean closed;

  public OwnProfiles(Vertx vertx, Timers timers, JvmProfiler profiler) {
    this.vertx = vertx;
    this.timers = timers;
    this.profiler = profiler;
  }

  /** Begins to look for a recording that nobody needs any more. */
  public void start() {
    checkIdle();
  }

  /** Ends the recording. */
  public Future<Void> stop() {
    closed = true;
    return vertx.<Void>executeBlocking(
        () -> {
          profiler.close();
          return null;
        },
        false);
  }

  private void checkIdle() {
    timers.after(
        IDLE_CHECK_MILLIS,
        () -> {
          if (!closed) {
            vertx.executeBlocking(
                () -> {
                  profiler.stopIfIdle();
                  return null;
                },
                false);
            checkIdle();
          }
        });
  }

  /**
   * @return the profile as it is sent, gzip; fails when this JVM cannot be profiled
   */
  public Future<byte[]> read(ProfileQuery query) {
    return vertx
        .executeBlocking(() -> query.begin(profiler), false)
        .compose(
            window ->
                over(query.seconds())
                    .compose(ignored -> vertx.executeBlocking(window::end, false)));
  }

  private Future<Void> over(int seconds) {
    Promise<Void> over = Promise.promise();
    if (seconds == 0) {
      over.complete();
    } else {
      timers.after(seconds * 1000L, over::complete);
    }
    return over.future();
  }
}
