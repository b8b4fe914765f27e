package dev.stoker.app;

import dev.stoker.profile.Appender;
import dev.stoker.profile.Profile;
import java.util.List;
import java.util.Map;

/**
 * A component's <code>forward_to</code>: receivers are looked up by id for each profile, so that a
 * reload can replace them, or name others, under running loops. They never wait for each other;
 * accepted when at least one accepts. Control context only.
 */
final class ForwardTo implements Appender {
  private final Map<String, ? extends Appender> receivers;
  private List<String> ids;

  /**
   * @param receivers of the running graph, by component
   */
  ForwardTo(Map<String, ? extends Appender> receivers, List<String> ids) {
    this.receivers = receivers;
    this.ids = List.copyOf(ids);
  }

  void set(List<String> next) {
    ids = List.copyOf(next);
  }

  @Override
  public boolean append(Profile profile) {
    boolean accepted = false;
    for (String id : ids) {
      Appender receiver = receivers.get(id);
      accepted |= receiver != null && receiver.append(profile);
    }
    return accepted;
  }
}
