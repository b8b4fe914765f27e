package dev.stoker.scrape.loop;

import dev.stoker.discovery.TargetBudget;
import java.util.Collection;

/** The room that the loops of all components share, and who may have some of it. */
final class LoopRoom {
  /** New loops leave so much of all room, one part of 32, to loops whose labels grow. */
  private static final int RESERVE = 32;

  private final TargetBudget budget;

  /**
   * @param budget for the loops of all components
   */
  LoopRoom(TargetBudget budget) {
    this.budget = budget;
  }

  /** What new loops may take. */
  long forNew() {
    return budget.free() - budget.most() / RESERVE;
  }

  long used() {
    return budget.used();
  }

  /**
   * @return false = there is no room, and nothing was taken
   */
  boolean take(long bytes) {
    return budget.take(bytes);
  }

  void give(long bytes) {
    budget.give(bytes);
  }

  /** What to tell the user; "" = all have room. */
  String leftOut(Collection<KnownLabels> all) {
    long out = all.stream().filter(KnownLabels::isLeftOut).count();
    long fit = all.stream().filter(KnownLabels::hasRoom).count();
    return out == 0
        ? ""
        : out
            + " of "
            + (out + fit)
            + " targets are left out (reason limit), because there is no memory for their loops; "
            + fit
            + " fit into the "
            + (budget.most() >> 20)
            + " MiB that the loops of all components may take; discover fewer targets, or give the"
            + " process more memory";
  }
}
