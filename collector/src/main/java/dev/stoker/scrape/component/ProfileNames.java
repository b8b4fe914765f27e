package dev.stoker.scrape.component;

import java.util.Map;
import java.util.Optional;

/** Maps the names that Go and other tools give to profile types to those of Alloy. */
final class ProfileNames {
  private static final Map<String, String> MEANT =
      Map.of(
          "heap", "memory",
          "allocs", "memory",
          "alloc", "memory",
          "inuse", "memory",
          "cpu", "process_cpu",
          "profile", "process_cpu",
          "goroutines", "goroutine",
          "lock", "mutex",
          "contention", "mutex",
          "wall", "fgprof");

  /** The type that a name of another tool stands for. */
  static Optional<String> meant(String name) {
    return Optional.ofNullable(MEANT.get(name));
  }

  private ProfileNames() {}
}
