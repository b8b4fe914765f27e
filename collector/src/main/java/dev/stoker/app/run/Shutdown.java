package dev.stoker.app.run;

import java.util.concurrent.CompletableFuture;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT ask for a clean stop; a second one ends the process at once. A signal handler
 * rather than a shutdown hook, so that a clean stop exits with 0.
 */
public final class Shutdown {
  private static final int KILLED = 130;

  private final CompletableFuture<Void> requested = new CompletableFuture<>();

  /** Handles the signals that ask for a stop. */
  public void install() {
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(new Signal(name), signal -> request());
    }
  }

  /** Does what a signal does. */
  void request() {
    if (!requested.complete(null)) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  /** Completes when a signal comes, on a thread that must not be kept. */
  public CompletableFuture<Void> requested() {
    return requested;
  }
}
