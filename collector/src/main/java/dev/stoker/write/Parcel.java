package dev.stoker.write;

/**
 * A profile in one endpoint's queue, with what happened to it there. Mutable, owned by the queue.
 */
final class Parcel {
  final Push push;

  /** Tries that count against max_backoff_retries: made while other profiles passed. */
  int tries;

  /** All failed tries. */
  int failures;

  /** The endpoint's count of deliveries when this one last failed. */
  long deliveriesAtFailure;

  /** Not before, monotonic milliseconds. */
  long notBeforeMillis;

  Parcel(Push push) {
    this.push = push;
  }

  long bytes() {
    return push.body().length;
  }
}
