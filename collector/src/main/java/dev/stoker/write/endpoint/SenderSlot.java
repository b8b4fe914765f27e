package dev.stoker.write.endpoint;

import dev.stoker.write.queue.OutgoingProfile;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sender that can be replaced while it sends: it is closed when its last try has ended. */
final class SenderSlot {
  private static final Logger log = LoggerFactory.getLogger(SenderSlot.class);

  private final Sender sender;
  private int inFlight;
  private boolean retired;

  SenderSlot(Sender sender) {
    this.sender = sender;
  }

  Future<SendResult> send(OutgoingProfile push) {
    inFlight++;
    return Future.<Void>succeededFuture()
        .compose(ignored -> sender.send(push))
        .otherwise(SenderSlot::bug)
        .onComplete(
            ignored -> {
              inFlight--;
              closeIfDone();
            });
  }

  /** It must not happen; if it does, the profile is not lost and its place in flight is free. */
  private static SendResult bug(Throwable bug) {
    log.debug("bug: a sender has failed", bug);
    return new SendResult.Retryable(
        SendResult.Kind.UNAVAILABLE, "internal error: " + bug.getClass().getName(), null);
  }

  void retire() {
    retired = true;
    closeIfDone();
  }

  private void closeIfDone() {
    if (retired && inFlight == 0) {
      sender.close();
    }
  }

  /** Now, whatever runs. */
  Future<Void> close() {
    return sender.close();
  }
}
