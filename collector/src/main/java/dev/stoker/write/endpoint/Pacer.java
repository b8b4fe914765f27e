package dev.stoker.write.endpoint;

/**
 * Limits the backlog's rate: a token bucket of inflated bytes, as Pyroscope's own ingestion limit
 * counts them. A 429 halves the rate, at most once a second; each second without one gives a
 * twentieth of the configured rate back. Times are monotonic milliseconds. The control context owns
 * it.
 */
final class Pacer {
  private static final double BURST_SECONDS = 0.25;
  private static final double GROWTH_PER_SECOND = 0.05;
  private static final double SLOWEST = 1.0 / 64;
  private static final long ONE_SECOND = 1_000;

  private long configured;
  private double rate;
  private double tokens;
  private long filledAt;
  private long throttledAt = -ONE_SECOND;

  /**
   * @param bytesPerSecond 0 = no limit
   */
  Pacer(long bytesPerSecond, long nowMillis) {
    this.configured = bytesPerSecond;
    this.rate = bytesPerSecond;
    this.filledAt = nowMillis;
  }

  void configure(long bytesPerSecond) {
    configured = bytesPerSecond;
    rate = bytesPerSecond;
  }

  boolean open(long nowMillis) {
    fill(nowMillis);
    return configured == 0 || tokens >= 0;
  }

  /** When {@link #open} will be true, if nothing is spent. */
  long opensAt(long nowMillis) {
    return open(nowMillis) ? nowMillis : nowMillis + (long) Math.ceil(-tokens / rate * ONE_SECOND);
  }

  /** A profile may overdraw; the next one waits for it. */
  void spend(long bytes) {
    tokens -= bytes;
  }

  void throttled(long nowMillis) {
    if (configured > 0 && nowMillis - throttledAt >= ONE_SECOND) {
      fill(nowMillis);
      throttledAt = nowMillis;
      rate = Math.max(configured * SLOWEST, rate / 2);
      tokens = Math.min(tokens, 0);
    }
  }

  private void fill(long nowMillis) {
    double seconds = Math.max(0, nowMillis - filledAt) / (double) ONE_SECOND;
    filledAt = nowMillis;
    rate = Math.min(configured, rate + seconds * configured * GROWTH_PER_SECOND);
    tokens = Math.min(rate * BURST_SECONDS, tokens + seconds * rate);
  }
}
