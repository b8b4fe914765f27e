package dev.stoker.scrape.fetch;

import org.jspecify.annotations.Nullable;

/**
 * The result of a fetch. Expected failures are values, not exceptions; their message becomes the
 * target's last_error.
 */
public sealed interface ScrapeResult {
  /** A 2xx answer, body not yet looked into. Owned by the control context. */
  final class Fetched implements ScrapeResult {
    private static final byte[] TAKEN = {};

    private byte[] body;
    private final @Nullable String refresh;

    /**
     * @param body as it came; the receiver's to keep
     * @param refresh the header of that name: where to look again, and after how many seconds
     */
    public Fetched(byte[] body, @Nullable String refresh) {
      this.body = body;
      this.refresh = refresh;
    }

    public Fetched(byte[] body) {
      this(body, null);
    }

    public byte[] body() {
      return body;
    }

    /**
     * The body, which this does not hold any more. A scrape that took seconds has objects in the
     * old generation. These are garbage when it has ended, but what they refer to would be kept,
     * and moved there too, until the next full collection.
     */
    public byte[] take() {
      byte[] taken = body;
      body = TAKEN;
      return taken;
    }

    public @Nullable String refresh() {
      return refresh;
    }
  }

  /**
   * @param message what came and what to do
   */
  record Failed(Outcome outcome, String message) implements ScrapeResult {}
}
