package dev.stoker.scrape.fetch;

import org.jspecify.annotations.Nullable;

/**
 * The result of a fetch. Expected failures are values, not exceptions; their message becomes the
 * target's last_error.
 */
public sealed interface ScrapeResult {
  /**
   * A 2xx answer, body not yet looked into.
   *
   * @param body as it came; the receiver's to keep
   * @param refresh the header of that name: where to look again, and after how many seconds
   */
  record Fetched(byte[] body, @Nullable String refresh) implements ScrapeResult {
    public Fetched(byte[] body) {
      this(body, null);
    }
  }

  /**
   * @param message what came and what to do
   */
  record Failed(Outcome outcome, String message) implements ScrapeResult {}
}
