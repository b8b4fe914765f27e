package dev.stoker.write.queue;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The profiles that are being sent. The control context owns it. */
final class InFlight {
  final Set<QueuedProfile> profiles = new LinkedHashSet<>();
  private long bytes;

  void add(QueuedProfile profile) {
    if (profiles.add(profile)) {
      bytes += profile.bytes();
    }
  }

  void remove(QueuedProfile profile) {
    if (profiles.remove(profile)) {
      bytes -= profile.bytes();
    }
  }

  List<QueuedProfile> all() {
    return List.copyOf(profiles);
  }

  int size() {
    return profiles.size();
  }

  /** Of the bodies. */
  long bytes() {
    return bytes;
  }
}
