package dev.stoker.scrape;

/** How a fetch ended. Expected failures are values; the message is a target's last_error. */
public sealed interface ScrapeResult {
  /**
   * A 2xx answer, body not yet looked into.
   *
   * @param body as it came; the receiver's to keep
   */
  record Fetched(byte[] body) implements ScrapeResult {}

  /**
   * @param message what came and what to do
   */
  record Failed(Outcome outcome, String message) implements ScrapeResult {}
}
