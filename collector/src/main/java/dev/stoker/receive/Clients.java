package dev.stoker.receive;

import dev.stoker.receive.server.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the clients of a receiver have sent, by address and program, those that were seen last.
 * Owned by the control context.
 */
public final class Clients {
  private static final int MOST = 500;

  private record Key(String address, String agent) {}

  private final Map<Key, Client> clients =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Client> eldest) {
          return size() > MOST;
        }
      };

  /**
   * What is known of one client.
   *
   * @param profiles that were taken
   * @param bytes of these
   * @param refused requests
   * @param lastError words of the last refusal, "" = none
   * @param lastSeenMillis Unix milliseconds
   */
  public record Client(
      String address,
      String agent,
      long profiles,
      long bytes,
      long refused,
      String lastError,
      long lastSeenMillis) {}

  void taken(Sender sender, long profiles, long bytes, long nowMillis) {
    Client before = of(sender);
    clients.put(
        new Key(sender.address(), sender.agent()),
        new Client(
            sender.address(),
            sender.agent(),
            before.profiles + profiles,
            before.bytes + bytes,
            before.refused,
            before.lastError,
            nowMillis));
  }

  void refused(Sender sender, Refusal refusal, long nowMillis) {
    Client before = of(sender);
    clients.put(
        new Key(sender.address(), sender.agent()),
        new Client(
            sender.address(),
            sender.agent(),
            before.profiles,
            before.bytes,
            before.refused + 1,
            refusal.words(),
            nowMillis));
  }

  private Client of(Sender sender) {
    return clients.getOrDefault(
        new Key(sender.address(), sender.agent()),
        new Client(sender.address(), sender.agent(), 0, 0, 0, "", 0));
  }

  /** The one that was seen last comes last. */
  public List<Client> all() {
    return List.copyOf(clients.values());
  }
}
