package dev.stoker.write.endpoint;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with jitter. The pause after the k-th failure in a row is uniform in
 * [min·2^(k−1), min·2^k) and at most <code>max</code>.
 */
public record Backoff(Duration min, Duration max) {
  /**
   * @param failures in a row, from 1
   */
  long millis(int failures, RandomGenerator random) {
    long low = min.toMillis() << Math.min(Math.max(0, failures - 1), 30);
    long jittered = low + (long) (random.nextDouble() * low);
    return Math.max(1, Math.min(jittered, max.toMillis()));
  }
}
