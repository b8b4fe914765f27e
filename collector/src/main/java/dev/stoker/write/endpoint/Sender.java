package dev.stoker.write.endpoint;

import dev.stoker.write.queue.OutgoingProfile;
import io.vertx.core.Future;

/** Speaks a server's protocol: one try, no retries. It is called on the control context. */
public interface Sender {
  /**
   * Tries to send a profile, whose body it does not change.
   *
   * @return never fails; completes on the control context within the endpoint's remote_timeout
   */
  Future<SendResult> send(OutgoingProfile profile);

  /** Ends all running tries, and frees what the sender has. */
  Future<Void> close();
}
