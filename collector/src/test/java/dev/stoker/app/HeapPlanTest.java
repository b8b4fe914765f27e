package dev.stoker.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HeapPlanTest {
  private static final long MIB = 1L << 20;

  /** One endpoint and one scrape component with the defaults. */
  private static final HeapDemand DEFAULTS = new HeapDemand(48 * MIB, 32 * MIB, 16 * MIB, 64 * MIB);

  @Test
  void within_aLargeHeap_grantsEveryWishAndGivesTheRestToBaselines() {
    HeapPlan wish = HeapPlan.wish(DEFAULTS, 0);
    HeapPlan plan = HeapPlan.within(wish.heap() + 400 * MIB, DEFAULTS, 0);
    assertEquals(wish.baselines() + 300 * MIB, plan.baselines());
    assertEquals(wish.bodies(), plan.bodies());
    assertEquals(wish.inflating(), plan.inflating());
    assertEquals(DEFAULTS.queues(), plan.queues());
  }

  @Test
  void within_aSmallerHeap_keepsWhatTheConfigAllows() {
    HeapPlan plan = HeapPlan.within(330 * MIB, DEFAULTS, 512 * MIB);
    assertTrue(plan.heap() <= 330 * MIB, plan.toString());
    assertEquals(DEFAULTS.queues(), plan.queues());
    assertTrue(plan.inflating() >= 96 * MIB, plan.toString());
    assertTrue(plan.bodies() >= 16 * MIB, plan.toString());
    assertTrue(plan.baselines() >= 32 * MIB, plan.toString());
  }

  @Test
  void within_aHeapTooSmallForTheConfig_scalesEverythingDown() {
    HeapDemand large = new HeapDemand(600 * MIB, 32 * MIB, 16 * MIB, 64 * MIB);
    HeapPlan plan = HeapPlan.within(300 * MIB, large, 512 * MIB);
    assertTrue(plan.heap() <= 300 * MIB, plan.toString());
    assertTrue(plan.queues() < 600 * MIB && plan.queues() > 100 * MIB, plan.toString());
    assertTrue(plan.baselines() > 4 * MIB, plan.toString());
  }
}
