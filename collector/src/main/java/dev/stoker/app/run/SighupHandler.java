package dev.stoker.app.run;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGHUP asks for a reload; one that comes while the daemon starts is done after it. Thread-safe.
 */
public final class SighupHandler {
  private static final Logger log = LoggerFactory.getLogger(SighupHandler.class);

  private @Nullable Runnable reload;
  private boolean early;

  /** Handles the signal, which does not end the process from here on. */
  public void install() {
    try {
      Signal.handle(new Signal("HUP"), signal -> request());
    } catch (IllegalArgumentException notOurs) {
      log.info("SIGHUP is not available here; use POST /-/reload");
    }
  }

  private synchronized void request() {
    if (reload == null) {
      early = true;
    } else {
      reload.run();
    }
  }

  /** The daemon has started. */
  public synchronized void reloads(Runnable action) {
    reload = action;
    if (early) {
      action.run();
    }
  }
}
