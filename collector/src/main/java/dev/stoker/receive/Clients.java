package dev.stoker.receive;

import dev.stoker.receive.server.Refusal;
import dev.stoker.schema.Texts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the clients of a receiver have sent, by address and program, those that were seen last:
 * whoever reaches the port can make up programs, so both the clients and their texts are bounded.
 * Owned by the control context.
 */
public final class Clients {
  static final int MOST = 500;
  private static final int AGENT = 100;
  private static final int ERROR = 300;

  private long forgotten;

  private record Key(String address, String agent) {}

  private final Map<Key, Client> clients =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Client> eldest) {
          boolean over = size() > MOST;
          forgotten += over ? 1 : 0;
          return over;
        }
      };

  /**
   * What is known of one client. One that was forgotten begins at 0 when it comes again.
   *
   * @param agent at most 101 characters of its User-Agent, "" = it says none
   * @param profiles that were taken
   * @param bytes of these
   * @param refused requests
   * @param lastError words of the last refusal, at most 301 characters, "" = none
   * @param lastSeenMillis Unix milliseconds
   */
  public record Client(
      String address,
      String agent,
      long profiles,
      long bytes,
      long refused,
      String lastError,
      long lastSeenMillis) {

    private Client taken(long more, long moreBytes, long nowMillis) {
      return new Client(
          address, agent, profiles + more, bytes + moreBytes, refused, lastError, nowMillis);
    }

    private Client refused(long more, String error, long nowMillis) {
      return new Client(address, agent, profiles, bytes, refused + more, error, nowMillis);
    }
  }

  /**
   * Those that are known.
   *
   * @param clients the one that was seen last comes first
   * @param forgotten how many were given up for others that came later
   */
  public record Snapshot(List<Client> clients, long forgotten) {
    public Snapshot {
      clients = List.copyOf(clients);
    }
  }

  void taken(Sender sender, long profiles, long bytes, long nowMillis) {
    put(of(sender).taken(profiles, bytes, nowMillis));
  }

  void refused(Sender sender, Refusal refusal, long nowMillis) {
    put(of(sender).refused(1, words(refusal), nowMillis));
  }

  /** A part of a request was refused: its words are kept, the request counts as what it becomes. */
  void rejected(Sender sender, String words, long nowMillis) {
    put(of(sender).refused(0, Texts.excerpt(words, ERROR), nowMillis));
  }

  private void put(Client now) {
    clients.put(new Key(now.address, now.agent), now);
  }

  private Client of(Sender sender) {
    String agent = Texts.excerpt(sender.agent(), AGENT);
    return clients.getOrDefault(
        new Key(sender.address(), agent), new Client(sender.address(), agent, 0, 0, 0, "", 0));
  }

  /** The reason as it may be kept and shown: a part of it may be the client's own text. */
  static String words(Refusal refusal) {
    return Texts.excerpt(refusal.words(), ERROR);
  }

  public Snapshot snapshot() {
    List<Client> last = new ArrayList<>(clients.values());
    Collections.reverse(last);
    return new Snapshot(last, forgotten);
  }

  /** How many are known. */
  int size() {
    return clients.size();
  }
}
