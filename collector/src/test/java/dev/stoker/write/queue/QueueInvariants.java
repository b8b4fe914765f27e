package dev.stoker.write.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * What holds between the states of a queue's profiles, its collections and its sums, between any
 * two steps.
 */
public final class QueueInvariants {
  public static void hold(SendQueue queue) {
    List<QueuedProfile> all = new ArrayList<>(queue.lanes.fresh);
    all.addAll(queue.lanes.backlog);
    all.addAll(queue.lanes.delayed);
    all.addAll(queue.lanes.aside);
    waiting(queue, all);
    all.addAll(queue.inFlight.profiles);
    assertThat(set(all)).as("each profile is in one collection").hasSize(all.size());
    assertThat(queue.inFlight.profiles)
        .allMatch(profile -> profile.stage() == Stage.IN_FLIGHT && profile.resident());
    assertThat(queue.inFlightBytes()).isEqualTo(sum(queue.inFlight.profiles, QueuedProfile::bytes));
    bodies(queue, all);
    disk(queue, all);
  }

  private static void waiting(SendQueue queue, List<QueuedProfile> waiting) {
    assertThat(queue.lanes.fresh).allMatch(profile -> profile.stage() == Stage.FRESH);
    assertThat(queue.lanes.backlog).allMatch(profile -> profile.stage() == Stage.BACKLOG);
    assertThat(queue.lanes.delayed).allMatch(profile -> profile.stage() == Stage.DELAYED);
    assertThat(queue.lanes.aside).allMatch(profile -> profile.stage() == Stage.ASIDE);
    assertThat(queue.lanes.calledBack())
        .isEqualTo((int) waiting.stream().filter(QueuedProfile::calledBack).count());
    assertThat(queue.waiting()).isEqualTo(waiting.size());
    assertThat(queue.waitingBytes()).isEqualTo(sum(waiting, QueuedProfile::bytes));
  }

  private static void bodies(SendQueue queue, List<QueuedProfile> all) {
    MemoryBodies memory = queue.memory;
    assertThat(all).noneMatch(profile -> profile.body() == Body.GONE);
    assertThat(all)
        .allMatch(
            profile ->
                profile.resident()
                    == (profile.body() != Body.DISK && profile.body() != Body.READING));
    assertThat(memory.bytes())
        .as("bytes in memory")
        .isEqualTo(
            sum(
                those(all, profile -> profile.resident() && profile.body() != Body.AHEAD),
                QueuedProfile::charge));
    assertThat(set(memory.unwritten))
        .isEqualTo(set(those(all, profile -> profile.body() == Body.MEMORY)));
    assertThat(memory.unwrittenBytes()).isEqualTo(sum(memory.unwritten, QueuedProfile::charge));
    assertThat(set(memory.evictable))
        .isEqualTo(
            set(those(all, profile -> profile.body() == Body.BOTH && profile.stage().waits())));
  }

  private static void disk(SendQueue queue, List<QueuedProfile> all) {
    DiskSpill disk = queue.disk;
    assertThat(set(disk.onDisk.byId().values()))
        .isEqualTo(set(those(all, profile -> profile.body().onDisk())));
    assertThat(disk.onDisk.byId().entrySet())
        .allMatch(entry -> entry.getValue().diskId() == entry.getKey());
    assertThat(set(disk.ahead.profiles))
        .isEqualTo(
            set(
                those(
                    all,
                    profile -> profile.body() == Body.READING || profile.body() == Body.AHEAD)));
    assertThat(disk.ahead.profiles).allMatch(profile -> profile.stage() == Stage.BACKLOG);
    assertThat(disk.ahead.bytes()).isEqualTo(sum(disk.ahead.profiles, QueuedProfile::charge));
    if (disk.ahead.profiles.size() > 1) {
      assertThat(disk.ahead.bytes()).isLessThanOrEqualTo(ReadAhead.BYTES);
    }
  }

  private static List<QueuedProfile> those(
      List<QueuedProfile> all, Predicate<QueuedProfile> which) {
    return all.stream().filter(which).toList();
  }

  /** By identity. */
  private static Set<QueuedProfile> set(Collection<QueuedProfile> all) {
    return new HashSet<>(all);
  }

  private static long sum(Collection<QueuedProfile> all, ToLongFunction<QueuedProfile> of) {
    return all.stream().mapToLong(of).sum();
  }

  private QueueInvariants() {}
}
