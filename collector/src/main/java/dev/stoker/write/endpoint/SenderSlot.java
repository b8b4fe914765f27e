package dev.stoker.write.endpoint;

import dev.stoker.write.queue.OutgoingProfile;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sender that can be replaced while it sends: it is closed when its last try has ended. The
 * control context owns it.
 */
final class SenderSlot {
  private static final Logger log = LoggerFactory.getLogger(SenderSlot.class);

  private final Sender sender;
  private int inFlight;
  private boolean retired;
  private boolean bugLogged;

  SenderSlot(Sender sender) {
    this.sender = sender;
  }

  Future<SendResult> send(OutgoingProfile profile) {
    inFlight++;
    return Future.<Void>succeededFuture()
        .compose(ignored -> sender.send(profile))
        .otherwise(this::bug)
        .onComplete(
            ignored -> {
              inFlight--;
              closeIfDone();
            });
  }

  /** It must not happen. If it does, the profile is not lost and its place in flight is free. */
  private SendResult bug(Throwable bug) {
    if (!bugLogged) {
      bugLogged = true; // it may come with every try
      log.error("internal error while sending; please report it", bug);
    }
    return new SendResult.Retryable(
        SendResult.Kind.UNAVAILABLE, "internal error: " + bug.getClass().getName(), null);
  }

  /** Closes the sender when nothing is being sent. */
  void retire() {
    retired = true;
    closeIfDone();
  }

  private void closeIfDone() {
    if (retired && inFlight == 0) {
      sender.close();
    }
  }

  /** Closes the sender now, whatever runs. */
  Future<Void> close() {
    return sender.close();
  }
}
