package dev.stoker.write.endpoint;

import dev.stoker.write.queue.DropReason;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as the API shows it. At every moment: offered + recovered = sent + all dropped +
 * queued + in flight.
 *
 * @param kind what its protocol is called
 */
public record EndpointStatus(
    String component,
    String endpoint,
    String kind,
    State state,
    Counts counts,
    Map<DropReason, Long> dropped,
    Load load,
    @Nullable String lastError,
    List<SetAside> setAside) {

  /** As in the API contract. */
  public enum State {
    HEALTHY,
    /** Answers, but refuses: credentials, path, redirect. */
    FAILING,
    /** Answers, and the last answers are rejections: nothing is delivered. */
    REJECTING,
    THROTTLED,
    DOWN;

    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Since the start. */
  public record Counts(long offered, long recovered, long sent) {}

  /**
   * @param queuedBytes bytes of bodies waiting
   * @param oldestQueued when the oldest waiting profile was scraped
   */
  public record Load(int queued, long queuedBytes, int inFlight, @Nullable Instant oldestQueued) {}
}
