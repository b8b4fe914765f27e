package dev.stoker.discovery;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A discoverer that asks its source at an interval, never twice at once. A failed poll keeps the
 * last good targets.
 */
public final class Polling implements Discoverer {
  /**
   * @param groups all there are
   * @param problem "" = none; else what of the source could not be used, though the groups can
   */
  public record Polled(List<TargetGroup> groups, String problem) {
    public Polled {
      groups = List.copyOf(groups);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Polling.class);

  private final Timers timers;
  private final Duration interval;
  private final Supplier<Future<Polled>> poll;
  private final Runnable close;
  private @Nullable Listener listener;
  private Timers.Cancellable next = () -> {};

  /**
   * @param poll fails with a message for people; must end by itself
   * @param close frees what polling uses
   */
  public Polling(Timers timers, Duration interval, Supplier<Future<Polled>> poll, Runnable close) {
    this.timers = timers;
    this.interval = interval;
    this.poll = poll;
    this.close = close;
  }

  @Override
  public void start(Listener to) {
    timers.control().assertOn();
    listener = to;
    ask();
  }

  private void ask() {
    polled()
        .compose(
            polled -> {
              polled(polled);
              return Future.<Void>succeededFuture();
            })
        .onFailure(
            failure -> {
              if (listener != null) {
                listener.failed(message(failure));
              }
            })
        .onComplete(
            ignored -> {
              if (listener != null) {
                next = timers.after(interval.toMillis(), this::ask);
              }
            });
  }

  private Future<Polled> polled() {
    try {
      return poll.get();
    } catch (Throwable thrown) {
      return Future.failedFuture(thrown);
    }
  }

  /** A failure that has no words of its own is a bug, and its class says at least what it is. */
  private static String message(Throwable failure) {
    String message = failure.getMessage();
    if (message != null) {
      return message;
    }
    log.error("internal error while discovering targets; please report it", failure);
    return "internal error, see the log: " + failure;
  }

  private void polled(Polled polled) {
    timers.control().assertOn();
    Listener to = listener;
    if (to == null) {
      return;
    }
    boolean nameless = polled.groups().stream().anyMatch(group -> group.source().isEmpty());
    if (nameless) {
      to.failed("the source names something by nothing; its answer cannot be used");
    } else if (polled.problem().isEmpty()) {
      to.replace(polled.groups());
    } else {
      to.replaceInPart(polled.groups(), polled.problem());
    }
  }

  @Override
  public Future<Void> stop() {
    timers.control().assertOn();
    listener = null;
    next.cancel();
    close.run();
    return Future.succeededFuture();
  }
}
