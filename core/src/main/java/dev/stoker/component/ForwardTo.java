package dev.stoker.component;

import dev.stoker.profile.Appender;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Room;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A component's <code>forward_to</code>: receivers are looked up by id for each profile, so that a
 * reload can replace them, or name others, under running loops. They never wait for each other, and
 * one that throws does not keep a profile from the others; accepted when at least one accepts.
 */
public final class ForwardTo implements Appender {
  private static final Logger log = LoggerFactory.getLogger(ForwardTo.class);

  private final Map<String, ? extends Appender> receivers;
  private List<String> ids;

  /**
   * @param receivers of the running graph, by component
   */
  public ForwardTo(Map<String, ? extends Appender> receivers, List<String> ids) {
    this.receivers = receivers;
    this.ids = List.copyOf(ids);
  }

  /** Other receivers, from the next profile on. */
  public void set(List<String> next) {
    ids = List.copyOf(next);
  }

  /**
   * @throws ReceiverFailed when a receiver has thrown and no other has taken the profile
   */
  @Override
  public boolean append(Profile profile) {
    boolean accepted = false;
    ReceiverFailed failed = null;
    for (String id : ids) {
      Appender receiver = receivers.get(id);
      try {
        accepted |= receiver != null && receiver.append(profile);
      } catch (Throwable thrown) {
        // Receivers count what they lose by a bug of their own; this is for what escapes them.
        log.atError().addKeyValue("receiver", id).setCause(thrown).log("a receiver has failed");
        failed = new ReceiverFailed(id, thrown);
      }
    }
    if (!accepted) {
      raise(failed);
    }
    return accepted;
  }

  /** One receiver is enough; all are asked, as all will get the profile. */
  @Override
  public boolean hasRoom(Profile profile, Room batch) {
    boolean room = false;
    for (String id : ids) {
      Appender receiver = receivers.get(id);
      room |= receiver != null && receiver.hasRoom(profile, batch);
    }
    return room;
  }

  private static void raise(@Nullable ReceiverFailed failed) {
    if (failed != null) {
      throw failed;
    }
  }

  /** A bug: a receiver may refuse a profile, but must not throw. */
  public static final class ReceiverFailed extends RuntimeException {
    private static final long serialVersionUID = 1;

    ReceiverFailed(String receiver, Throwable cause) {
      super(receiver + " has failed: " + cause, cause);
    }
  }
}
