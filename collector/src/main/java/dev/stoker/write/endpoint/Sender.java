package dev.stoker.write.endpoint;

import dev.stoker.write.queue.OutgoingProfile;
import io.vertx.core.Future;

/** Speaks a server's protocol; one try, no retries. Control context only. */
public interface Sender {
  /** Never fails; completes on the control context within the endpoint's remote_timeout. */
  Future<SendResult> send(OutgoingProfile push);

  /** Ends all running tries. */
  Future<Void> close();
}
