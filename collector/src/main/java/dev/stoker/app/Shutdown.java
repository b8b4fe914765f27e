package dev.stoker.app;

import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT ask for a clean stop; a second one ends the process at once. A signal handler
 * rather than a shutdown hook, so that a clean stop exits with 0.
 */
final class Shutdown {
  private static final int KILLED = 130;

  private final CountDownLatch requested = new CountDownLatch(1);

  /** From here on signals are ours. */
  void install() {
    for (String name : new String[] {"TERM", "INT"}) {
      Signal.handle(new Signal(name), signal -> request());
    }
  }

  private void request() {
    if (requested.getCount() == 0) {
      Runtime.getRuntime().halt(KILLED);
    }
    requested.countDown();
  }

  /** Blocks the main thread until a signal comes. */
  void await() throws InterruptedException {
    requested.await();
  }
}
