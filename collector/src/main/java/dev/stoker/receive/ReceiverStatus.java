package dev.stoker.receive;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One port of a receiver, for the pages.
 *
 * @param component id, such as <code>pyroscope.receive_http.default</code>
 * @param protocol such as <code>pyroscope</code>
 */
public record ReceiverStatus(
    String component, String protocol, Port port, Counts counts, Clients.Snapshot clients) {
  /**
   * Where it listens.
   *
   * @param listen host and port
   * @param open whoever reaches it may push: it listens beyond loopback and has no login
   * @param problem why it does not listen at the moment, "" = it does
   */
  public record Port(String listen, boolean open, String problem) {}

  /**
   * What became of all that came, also from clients that are forgotten.
   *
   * @param profiles that were taken
   * @param bytes of these, as they came
   * @param requests by outcome: <code>taken</code>, <code>gone</code>, and the reasons of refusals
   */
  public record Counts(long profiles, long bytes, Map<String, Long> requests, LastError lastError) {
    public Counts {
      requests = Collections.unmodifiableMap(new LinkedHashMap<>(requests));
    }
  }

  /**
   * The last refusal.
   *
   * @param words "" = there was none
   * @param atMillis Unix time
   */
  public record LastError(String words, long atMillis) {
    public static final LastError NONE = new LastError("", 0);
  }
}
