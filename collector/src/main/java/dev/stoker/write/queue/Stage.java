package dev.stoker.write.queue;

/** How far a profile has come in its queue; {@link QueuedProfile} has the steps. */
enum Stage {
  /** The queue has not taken it yet. */
  ARRIVED,
  /** It can be sent. */
  FRESH,
  /** It can be sent, behind the fresh ones and at a limited rate. */
  BACKLOG,
  /** It waits for the end of its back-off. */
  DELAYED,
  /** It belongs to a failing series, and waits until fewer of those are in flight. */
  ASIDE,
  /** It is being sent. */
  IN_FLIGHT,
  /** It was delivered or dropped, and is no longer the queue's. */
  SETTLED;

  boolean ready() {
    return this == FRESH || this == BACKLOG;
  }

  boolean waits() {
    return ready() || this == DELAYED || this == ASIDE;
  }
}
