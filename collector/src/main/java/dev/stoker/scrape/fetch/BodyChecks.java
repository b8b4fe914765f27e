package dev.stoker.scrape.fetch;

import dev.stoker.concurrent.Timers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * While bodies wait for memory, looks once a second who holds some without need: a target that
 * sends too slowly, or the youngest when all wait for each other. Owned by the control context.
 */
final class BodyChecks {
  private static final long CHECK_MILLIS = 1_000;

  /** Bytes that a body has to hold before it is worth taking them away. */
  private static final long WORTH = 32 << 10;

  private final BodyBudget budget;
  private final Timers timers;
  private boolean running;
  private long grantsBefore;

  BodyChecks(BodyBudget budget, Timers timers) {
    this.budget = budget;
    this.timers = timers;
  }

  /** Measures from now on, if anybody waits and no check is on its way. */
  void soon() {
    if (!running && budget.waiting() > 0) {
      running = true;
      grantsBefore = budget.grants();
      for (BodyShare share : budget.open()) {
        share.pace().measure();
      }
      timers.after(CHECK_MILLIS, this::check);
    }
  }

  private void check() {
    running = false;
    long wanted = budget.wanted();
    if (wanted > 0) {
      List<BodyShare> slow = slow();
      for (BodyShare share : slow) {
        if (wanted > 0) {
          wanted -= share.held();
          budget.makeRoom(
              share,
              "the target sends less than "
                  + (BodyBudget.SLOWEST >> 10)
                  + " KiB a second while other targets wait for the memory that its body holds");
        }
      }
      if (slow.isEmpty() && budget.grants() == grantsBefore && allWait()) {
        youngestYields();
      }
    }
    soon();
  }

  /** The largest first. */
  private List<BodyShare> slow() {
    List<BodyShare> slow = new ArrayList<>();
    for (BodyShare share : budget.open()) {
      if (!share.isWaiting()
          && !share.isComplete()
          && share.held() >= WORTH
          && share.pace().isBelow(BodyBudget.SLOWEST * CHECK_MILLIS / 1_000)) {
        slow.add(share);
      }
    }
    slow.sort(Comparator.comparingLong(BodyShare::held).reversed());
    return slow;
  }

  private boolean allWait() {
    return budget.open().stream().noneMatch(share -> share.held() > 0 && !share.isWaiting());
  }

  private void youngestYields() {
    BodyShare youngest = null;
    for (BodyShare share : budget.open()) {
      if (share.held() > 0 && (youngest == null || share.place() > youngest.place())) {
        youngest = share;
      }
    }
    if (youngest != null) {
      budget.makeRoomAndKeepPlace(
          youngest, "the bodies of all targets together would take more than there is");
    }
  }
}
