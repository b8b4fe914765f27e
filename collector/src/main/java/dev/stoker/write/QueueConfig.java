package dev.stoker.write;

import java.time.Duration;

/**
 * Bounds of an endpoint's queue; 0 = no bound.
 *
 * @param memory bytes of profile bodies held in memory, in flight or waiting
 * @param maxAge older profiles are dropped; the default stays under Pyroscope's 1 h
 *     (validation.reject-older-than)
 * @param maxInFlight push requests at once
 */
public record QueueConfig(long memory, Duration maxAge, int maxInFlight) {
  public static final QueueConfig DEFAULT = new QueueConfig(128L << 20, Duration.ofMinutes(55), 64);
}
