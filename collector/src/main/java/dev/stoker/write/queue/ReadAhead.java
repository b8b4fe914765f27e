package dev.stoker.write.queue;

import dev.stoker.write.queue.QueuedProfile.Lane;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What has been read from the disk, or is being read, to be sent next: held beside the memory
 * bound, and bounded itself. Control context only.
 */
final class ReadAhead {
  static final long BYTES = 8L << 20;
  private static final int PROFILES = 64;

  private final Set<QueuedProfile> parcels = new LinkedHashSet<>();
  private long bytes;

  /** False when one more is too much; one may always be there, however large. */
  boolean hasRoom(QueuedProfile next) {
    return parcels.size() < PROFILES && (parcels.isEmpty() || bytes + next.charge <= BYTES);
  }

  /** There is no hurry to read more. */
  boolean halfFull() {
    return parcels.size() >= PROFILES / 2;
  }

  /** Of those that are here, the oldest with the lowest rank. */
  @Nullable QueuedProfile first(ToLongFunction<QueuedProfile> rank) {
    return waiting()
        .min(Comparator.comparingLong(rank).thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }

  /** Those that are here. */
  Stream<QueuedProfile> waiting() {
    return parcels.stream().filter(parcel -> parcel.resident() && parcel.lane == Lane.BACKLOG);
  }

  void add(QueuedProfile parcel) {
    parcel.ahead = true;
    bytes += parcel.charge;
    parcels.add(parcel);
  }

  void remove(QueuedProfile parcel) {
    parcel.ahead = false;
    bytes -= parcel.charge;
    parcels.remove(parcel);
  }

  long bytes() {
    return bytes;
  }
}
