package dev.stoker.app.run;

import dev.stoker.concurrent.Timers;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when the limit of open files is too low for what is configured, before connections and
 * segments fail in places that cannot tell why. The JVM itself raises the soft limit to the hard
 * one when it starts; only the hard one is left to the user.
 */
final class OpenFiles {
  private static final Logger log = LoggerFactory.getLogger(OpenFiles.class);
  private static final long LOOK_MILLIS = 60_000;
  private static final long FIRST_MILLIS = 5_000;

  /** The JVM, libraries, logs, files of the store and of discoveries, and some clients of ours. */
  private static final int BASE = 256;

  /** Connections of its pool, and a segment that is written and one that is read. */
  private static final int PER_ENDPOINT = 20;

  private final Timers timers;
  private final LongSupplier limit;
  private final IntSupplier connections;
  private final IntSupplier endpoints;
  private Timers.Cancellable looking = () -> {};
  private boolean low;

  /**
   * @param limit of open files; 0 or less = not known
   * @param connections to targets that may be open at once
   */
  OpenFiles(Timers timers, LongSupplier limit, IntSupplier connections, IntSupplier endpoints) {
    this.timers = timers;
    this.limit = limit;
    this.connections = connections;
    this.endpoints = endpoints;
  }

  void start() {
    timers.control().assertOn();
    looking = timers.after(FIRST_MILLIS, this::look);
  }

  void stop() {
    looking.cancel();
  }

  private void look() {
    looking = timers.after(LOOK_MILLIS, this::look);
    long allowed = limit.getAsLong();
    int targets = connections.getAsInt();
    int needed = BASE + targets + PER_ENDPOINT * endpoints.getAsInt();
    boolean now = allowed > 0 && allowed < needed;
    if (now && !low) {
      log.atWarn()
          .addKeyValue("limit", allowed)
          .addKeyValue("may_need", needed)
          .addKeyValue("connections", targets)
          .log(
              "the limit of open files is too low for this many targets: connections may fail with"
                  + " \"too many open files\"; raise the hard limit (ulimit -Hn, LimitNOFILE of"
                  + " systemd, nofile of the container runtime) and restart");
    } else if (low && !now) {
      log.atInfo().addKeyValue("limit", allowed).log("the limit of open files is enough again");
    }
    low = now;
  }
}
