package dev.stoker.scrape.component;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;

/** Maps the names that Go and other tools give to profile types to those of Alloy. */
final class ProfileNames {
  private static final Map<String, String> MEANT =
      Map.ofEntries(
          entry("heap", "memory"),
          entry("allocs", "memory"),
          entry("alloc", "memory"),
          entry("inuse", "memory"),
          entry("cpu", "process_cpu"),
          entry("profile", "process_cpu"),
          entry("goroutines", "goroutine"),
          entry("goroutineleak", "goroutine_leak"),
          entry("lock", "mutex"),
          entry("contention", "mutex"),
          entry("wall", "fgprof"));

  /** The type that a name of another tool stands for. */
  static Optional<String> meant(String name) {
    return Optional.ofNullable(MEANT.get(name));
  }

  private ProfileNames() {}
}
