package dev.stoker.scrape.target;

/**
 * Guard rails of a scrape component; 0 = no limit.
 *
 * @param maxBodySize bytes as they come over the wire
 * @param maxInflatedSize bytes after gunzip
 * @param targetLimit targets before expansion per profile type
 */
public record ScrapeLimits(
    long maxBodySize,
    long maxInflatedSize,
    int targetLimit,
    int labelLimit,
    int labelNameLengthLimit,
    int labelValueLengthLimit) {
  /** Bytes that a profile may inflate to if the config sets no limit: it has to fit the heap. */
  static final long MOST_INFLATED = 256L << 20;

  public static final ScrapeLimits DEFAULT = new ScrapeLimits(16L << 20, 64L << 20, 0, 0, 0, 0);
}
