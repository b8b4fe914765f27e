package dev.stoker.write.endpoint;

import dev.stoker.concurrent.Timers;
import dev.stoker.labels.Labels;
import dev.stoker.write.queue.DropReason;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Tells of drops: the first of a reason at once, and then, once a minute for as long as there are
 * more, how many came since the last line. The control context owns it.
 */
final class DropLog {
  private static final Logger log = LoggerFactory.getLogger(Endpoint.class);
  private static final long EVERY_MILLIS = 60_000;

  private static final class Sum {
    long profiles;
    long bytes;
    long oldestMillis = Long.MAX_VALUE;
    @Nullable Cause cause;
    Timers.@Nullable Cancellable next;
  }

  /** What the server said, and of which series. */
  record Cause(String answer, Labels labels) {}

  private final String endpoint;
  private final Timers timers;
  private final Map<DropReason, Sum> sums = new EnumMap<>(DropReason.class);

  DropLog(String endpoint, Timers timers) {
    this.endpoint = endpoint;
    this.timers = timers;
  }

  /**
   * @param scrapedAtMillis Unix milliseconds
   * @param cause null where the server has no part in it
   */
  void dropped(DropReason reason, long bytes, long scrapedAtMillis, @Nullable Cause cause) {
    if (reason == DropReason.CLOSED) {
      return; // a stop has a line of its own
    }
    Sum sum = sums.computeIfAbsent(reason, ignored -> new Sum());
    sum.profiles++;
    sum.bytes += bytes;
    sum.oldestMillis = Math.min(sum.oldestMillis, scrapedAtMillis);
    sum.cause = cause;
    if (sum.next == null) {
      tell(reason, sum);
      sum.next = timers.after(EVERY_MILLIS, () -> again(reason, sum));
    }
  }

  private void again(DropReason reason, Sum sum) {
    sum.next = null;
    if (sum.profiles > 0) {
      tell(reason, sum);
      sum.next = timers.after(EVERY_MILLIS, () -> again(reason, sum));
    }
  }

  private void tell(DropReason reason, Sum sum) {
    LoggingEventBuilder event =
        log.atWarn()
            .addKeyValue("endpoint", endpoint)
            .addKeyValue("reason", reason.label())
            .addKeyValue("profiles", sum.profiles)
            .addKeyValue("bytes", sum.bytes)
            .addKeyValue("oldest", Instant.ofEpochMilli(sum.oldestMillis));
    Cause cause = sum.cause;
    if (cause != null) {
      event = event.addKeyValue("answer", cause.answer()).addKeyValue("labels", cause.labels());
    }
    event.log("profiles are dropped: " + explanation(reason));
    sum.profiles = 0;
    sum.bytes = 0;
    sum.oldestMillis = Long.MAX_VALUE;
    sum.cause = null;
  }

  private static String explanation(DropReason reason) {
    return switch (reason) {
      case BYTES -> "the queue is full, the oldest go first";
      case AGE -> "they waited for longer than max_age";
      case DISK -> "the disk cannot take them or give them back, and memory is full";
      case REJECTED -> "the server refuses them for good";
      case POISON -> "they failed again and again while others passed, and are set aside";
      case TOO_LARGE -> "one is larger than the queue or max_profile_size";
      case INTERNAL -> "an error of ours, the log has it";
      case CLOSED -> "the endpoint is closed";
    };
  }

  /** Tells what has not been told yet. */
  void close() {
    sums.forEach(
        (reason, sum) -> {
          if (sum.next != null) {
            sum.next.cancel();
          }
          sum.next = null;
          if (sum.profiles > 0) {
            tell(reason, sum);
          }
        });
  }
}
