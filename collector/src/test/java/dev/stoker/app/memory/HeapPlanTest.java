package dev.stoker.app.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.stoker.component.HeapDemand;
import dev.stoker.write.disk.DiskBounds;
import dev.stoker.write.disk.Fsync;
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
    assertTrue(plan.inflating() >= 80 * MIB, plan.toString());
    assertTrue(plan.bodies() >= 32 * MIB, plan.toString());
    assertTrue(plan.baselines() >= 28 * MIB, plan.toString());
  }

  @Test
  void within_theShippedLimit_hasLoopsFor1000PodsWithFiveProfileTypes() {
    MemoryPlan plan = MemoryPlan.of(DEFAULTS, 512 * MIB, 2);
    HeapPlan shares = HeapPlan.within(plan.heap(), DEFAULTS, 512 * MIB);
    assertThat(shares.loops()).isGreaterThan(33 * MIB);
    assertThat(shares.discovered()).isGreaterThanOrEqualTo(32 * MIB);
    assertThat(HeapPlan.within(900 * MIB, DEFAULTS, 4_096 * MIB).loops())
        .isGreaterThan(shares.loops());
  }

  @Test
  void within_aHeapTooSmallForTheConfig_scalesEverythingDown() {
    HeapDemand large = new HeapDemand(600 * MIB, 32 * MIB, 16 * MIB, 64 * MIB);
    HeapPlan plan = HeapPlan.within(300 * MIB, large, 512 * MIB);
    assertTrue(plan.heap() <= 300 * MIB, plan.toString());
    assertTrue(plan.queues() < 600 * MIB && plan.queues() > 100 * MIB, plan.toString());
    assertTrue(plan.baselines() > 4 * MIB, plan.toString());
  }

  /** Without a share of their own, unread answers would come on top of the planned heap. */
  @Test
  void answersThatNobodyReads_haveAShare() {
    HeapPlan plan = HeapPlan.within(330 * MIB, DEFAULTS, 512 * MIB);
    assertEquals(8 * MIB, plan.share("answers"));
    long others =
        plan.bodies()
            + plan.inflating()
            + plan.baselines()
            + plan.queues()
            + plan.diskIndex()
            + plan.recent()
            + plan.discovered()
            + plan.loops()
            + plan.connections();
    assertEquals(HeapPlan.BASE + others + 8 * MIB, plan.heap());
    assertTrue(HeapPlan.within(40 * MIB, DEFAULTS, 512 * MIB).answers() < MIB);
  }

  @Test
  void aDiskLaneWithoutABound_isBoundedInProfiles() {
    assertEquals(1 << 20, new DiskBounds(0, 0, Fsync.NEVER).records());
    assertEquals(1 << 18, new DiskBounds(1 << 30, 0, Fsync.NEVER).records());
    assertEquals(65_536, new DiskBounds(16 * MIB, 0, Fsync.NEVER).records());
  }
}
