package dev.stoker.write.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The bodies that a queue holds in memory and counts against its bound: which of them are nowhere
 * else, and which may leave because the disk has them too. The control context owns it.
 */
final class MemoryBodies {
  /** In memory only, in flight or not: what has to be written some time. */
  final TreeSet<QueuedProfile> unwritten = new TreeSet<>();

  /** In memory and on disk, waiting: what may leave memory. */
  final TreeSet<QueuedProfile> evictable = new TreeSet<>();

  private long unwrittenBytes;
  private long bytes;

  /** A profile has come in. */
  void add(QueuedProfile profile) {
    bytes += profile.charge();
    addUnwritten(profile);
  }

  /** The body is handed to the disk. */
  void write(QueuedProfile profile) {
    profile.write();
    removeUnwritten(profile);
  }

  /** The disk has not taken the body. */
  void notWritten(QueuedProfile profile) {
    profile.notWritten();
    addUnwritten(profile);
  }

  /** The disk has the body too. */
  void written(QueuedProfile profile, long id) {
    profile.written(id);
    if (profile.stage().waits()) {
      evictable.add(profile);
    }
  }

  /** What was read ahead of its turn counts as memory from here on. */
  void land(QueuedProfile profile) {
    profile.land();
    bytes += profile.charge();
  }

  /** The profile is in flight, and its body stays in memory. */
  void taken(QueuedProfile profile) {
    evictable.remove(profile);
  }

  /** What was in flight waits again: it may leave memory where the disk has it. */
  void waits(QueuedProfile profile) {
    if (profile.body() == Body.BOTH) {
      evictable.add(profile);
    }
  }

  /** The next one to leave memory; null = none may. */
  @Nullable QueuedProfile firstEvictable() {
    return evictable.isEmpty() ? null : evictable.first();
  }

  /** The body leaves memory; the disk has it. */
  void unload(QueuedProfile profile) {
    profile.unload();
    evictable.remove(profile);
    bytes -= profile.charge();
  }

  /**
   * The disk has lost the body, which is in memory still.
   *
   * @param toBound see {@link QueuedProfile#lostOnDisk}
   */
  void lostOnDisk(QueuedProfile profile, boolean toBound) {
    profile.lostOnDisk(toBound);
    evictable.remove(profile);
    addUnwritten(profile);
  }

  /** The body leaves memory, before the profile is settled. */
  void forget(QueuedProfile profile) {
    removeUnwritten(profile);
    evictable.remove(profile);
    if (profile.resident() && profile.body() != Body.AHEAD) {
      bytes -= profile.charge();
    }
  }

  private void addUnwritten(QueuedProfile profile) {
    if (unwritten.add(profile)) {
      unwrittenBytes += profile.charge();
    }
  }

  private void removeUnwritten(QueuedProfile profile) {
    if (unwritten.remove(profile)) {
      unwrittenBytes -= profile.charge();
    }
  }

  /** The oldest of those that are in memory only; null = there is none. */
  @Nullable QueuedProfile oldestUnwritten(Predicate<QueuedProfile> which) {
    for (QueuedProfile profile : unwritten) {
      if (which.test(profile)) {
        return profile;
      }
    }
    return null;
  }

  /** The oldest first. */
  List<QueuedProfile> unwritten() {
    return List.copyOf(unwritten);
  }

  /** Those that came by then, the oldest first. */
  List<QueuedProfile> unwrittenSince(long nowMillis) {
    List<QueuedProfile> old = new ArrayList<>();
    for (QueuedProfile profile : unwritten) {
      if (profile.enqueuedAtMillis() > nowMillis) {
        break;
      }
      old.add(profile);
    }
    return old;
  }

  /** What those cost that are in memory only. */
  int unwrittenCount() {
    return unwritten.size();
  }

  long unwrittenBytes() {
    return unwrittenBytes;
  }

  /**
   * What those cost that may leave memory for a pushed profile: the disk has them too, or they wait
   * and were not pushed themselves. It takes a look at all of them.
   */
  long yielding() {
    long yielding = 0;
    for (QueuedProfile profile : evictable) {
      yielding += profile.charge();
    }
    for (QueuedProfile profile : unwritten) {
      yielding += profile.stage().waits() && !profile.pushed() ? profile.charge() : 0;
    }
    return yielding;
  }

  /** What all cost, in flight or waiting. */
  long bytes() {
    return bytes;
  }
}
