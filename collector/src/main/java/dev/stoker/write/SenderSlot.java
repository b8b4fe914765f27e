package dev.stoker.write;

import io.vertx.core.Future;

/** A sender that can be replaced while it sends: it is closed when its last try has ended. */
final class SenderSlot {
  private final Sender sender;
  private int inFlight;
  private boolean retired;

  SenderSlot(Sender sender) {
    this.sender = sender;
  }

  Future<SendResult> send(Push push) {
    inFlight++;
    return sender
        .send(push)
        .onComplete(
            ignored -> {
              inFlight--;
              closeIfDone();
            });
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
