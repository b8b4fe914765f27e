package dev.stoker.store;

import java.time.Duration;

/**
 * A <code>stoker.store</code> component.
 *
 * @param component id, such as <code>stoker.store.local</code>
 * @param retention older profiles are deleted
 * @param maxSize bytes on disk; the oldest profiles go first
 */
public record StoreConfig(String component, Duration retention, long maxSize) {
  public static final Duration DEFAULT_RETENTION = Duration.ofHours(1);
  public static final long DEFAULT_MAX_SIZE = 512L << 20;
}
