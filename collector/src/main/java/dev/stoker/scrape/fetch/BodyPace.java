package dev.stoker.scrape.fetch;

/**
 * How fast one body arrives, between two checks of the {@link BodyBudget}. A body is not judged
 * when it could not show its pace: before its answer has begun, and after it had to wait for
 * memory. Owned by the control context.
 */
final class BodyPace {
  /** All bytes that have arrived, and how many of them the last check has seen. */
  private long arrived;

  private long arrivedAtCheck;
  private boolean excused = true;

  void arrived(long bytes) {
    if (arrived == 0) {
      excused = true; // an answer that has only begun cannot be judged yet
    }
    arrived += bytes;
  }

  /** Not to be judged by the next check. */
  void excuse() {
    excused = true;
  }

  /** A time of measuring begins. */
  void measure() {
    arrivedAtCheck = arrived;
    excused = false;
  }

  /**
   * @param bytes that had to arrive since {@link #measure}
   */
  boolean isBelow(long bytes) {
    return !excused && arrived - arrivedAtCheck < bytes;
  }
}
