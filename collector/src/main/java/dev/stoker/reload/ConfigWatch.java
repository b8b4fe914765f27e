package dev.stoker.reload;

import dev.stoker.concurrent.Timers;
import dev.stoker.config.source.Sources;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;

/**
 * Reloads when the content of a config's files has changed. Polls rather than to rely on file
 * events, which mounted volumes and symlink swaps do not deliver everywhere, and waits for two
 * equal looks, because editors write twice. Looks off the event loop.
 */
public final class ConfigWatch {
  private static final long LOOK_MILLIS = 1_500;
  private static final long SETTLE_MILLIS = 300;

  /** Looks between two tries of a config whose secret or certificate files are to be mended. */
  private static final int RETRY_LOOKS = 2;

  private final Reloader reloader;
  private final Vertx vertx;
  private final Timers timers;
  private Timers.@Nullable Cancellable timer;
  private @Nullable Sources candidate;
  private int looks;
  private boolean on;
  private int round;

  public ConfigWatch(Reloader reloader, Vertx vertx, Timers timers) {
    this.reloader = reloader;
    this.vertx = vertx;
    this.timers = timers;
  }

  /** Idempotent. */
  public void enable(boolean watch) {
    timers.control().assertOn();
    if (watch == on) {
      return;
    }
    on = watch;
    round++;
    if (on) {
      again(LOOK_MILLIS);
    } else if (timer != null) {
      timer.cancel();
    }
  }

  private void again(long millis) {
    int mine = round;
    if (on) {
      timer =
          timers.after(
              millis,
              () -> {
                if (mine == round) {
                  look(mine);
                }
              });
    }
  }

  private void look(int mine) {
    Sources known = reloader.sources();
    if (!reloader.idle()) {
      again(LOOK_MILLIS);
      return;
    }
    vertx
        .executeBlocking(known::now, false)
        .onComplete(
            looked -> {
              if (mine != round) {
                return; // switched off meanwhile, and maybe on again
              }
              if (looked.succeeded()) {
                compare(known, looked.result());
              } else {
                again(LOOK_MILLIS);
              }
            });
  }

  private void compare(Sources known, Sources now) {
    boolean retry = reloader.unsettled() && ++looks % RETRY_LOOKS == 0;
    if (!known.equals(reloader.sources())) {
      candidate = null; // read again meanwhile
      again(LOOK_MILLIS);
    } else if (now.equals(known) && !retry) {
      candidate = null;
      again(LOOK_MILLIS);
    } else if (now.equals(candidate) || retry) {
      candidate = null;
      int mine = round;
      reloader
          .reload("file")
          .onComplete(
              ignored -> {
                if (mine == round) {
                  again(LOOK_MILLIS);
                }
              });
    } else {
      candidate = now;
      again(SETTLE_MILLIS);
    }
  }
}
