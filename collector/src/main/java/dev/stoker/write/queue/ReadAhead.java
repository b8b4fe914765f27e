package dev.stoker.write.queue;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What has been read from the disk, or is being read, to be sent next: held beside the memory
 * bound, and bounded itself. The control context owns it.
 */
final class ReadAhead {
  static final long BYTES = 8L << 20;
  private static final int PROFILES = 64;

  final Set<QueuedProfile> profiles = new LinkedHashSet<>();
  private long bytes;

  /** False when one more is too much; one may always be there, however large. */
  boolean hasRoom(QueuedProfile next) {
    return profiles.size() < PROFILES && (profiles.isEmpty() || bytes + next.charge() <= BYTES);
  }

  /** There is no hurry to read more. */
  boolean halfFull() {
    return profiles.size() >= PROFILES / 2;
  }

  /** The oldest profile with the lowest rank, of those that are in memory. */
  @Nullable QueuedProfile first(ToLongFunction<QueuedProfile> rank) {
    return waiting()
        .min(Comparator.comparingLong(rank).thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }

  /** Those that are in memory. */
  Stream<QueuedProfile> waiting() {
    return profiles.stream()
        .filter(profile -> profile.body() == Body.AHEAD && profile.stage() == Stage.BACKLOG);
  }

  /** It is going to be read. */
  void add(QueuedProfile profile) {
    profile.read();
    bytes += profile.charge();
    profiles.add(profile);
  }

  /** Its turn has come, or it is no longer wanted. */
  void remove(QueuedProfile profile) {
    if (profiles.remove(profile)) {
      bytes -= profile.charge();
    }
  }

  /** What all of them cost in memory when they are here. */
  long bytes() {
    return bytes;
  }
}
