package dev.stoker.receive.config;

import dev.stoker.profile.Appender;
import dev.stoker.receive.Admission;
import dev.stoker.receive.LabelLimits;
import dev.stoker.receive.server.Bounds;
import java.time.Duration;

/**
 * What clients may send.
 *
 * @param maxInflatedSize bytes of a profile, or of a compressed request, when inflated
 */
public record ReceiveLimits(Bounds bounds, long maxInflatedSize, LabelLimits labels) {
  public static final ReceiveLimits DEFAULT =
      new ReceiveLimits(
          new Bounds(16L << 20, 1024, 64L << 20, Duration.ofSeconds(30)),
          64L << 20,
          LabelLimits.NONE);

  /** Below, a receiver would be none. */
  private static final long LEAST = 2L << 20;

  /** What the admission needs of them. */
  public Admission.Settings admission(Appender next) {
    return new Admission.Settings(labels, maxInflatedSize, next);
  }

  /** The same with so much of its memory for the bodies of requests. */
  public ReceiveLimits within(double share) {
    if (share >= 1) {
      return this;
    }
    long bytes = Math.max(LEAST, (long) (bounds.maxInFlightBytes() * share));
    return new ReceiveLimits(
        new Bounds(bounds.maxBodySize(), bounds.maxConnections(), bytes, bounds.readTimeout()),
        maxInflatedSize,
        labels);
  }
}
