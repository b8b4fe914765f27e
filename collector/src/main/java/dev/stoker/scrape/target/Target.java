package dev.stoker.scrape.target;

import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.net.URI;

/**
 * One endpoint × one profile type, fully resolved: what a loop scrapes.
 *
 * @param key identity, the same in every process of Stoker: component, profile type, URL, then its
 *     {@link Plan}, so everything that changes the loop's work. Labels are not in it: a label
 *     change is swapped into the running loop.
 * @param labels of every profile, private ones included
 * @param discoveredLabels as discovery gave them, for "why" answers
 * @param process what shares one CPU profiler: scheme and address, and the unix socket
 * @param plan when and how long
 * @param delta how the body becomes what is sent
 */
public record Target(
    String key,
    URI url,
    ProfileType type,
    Labels labels,
    Labels discoveredLabels,
    String process,
    Plan plan,
    DeltaMode delta) {

  /**
   * @param seconds that the target profiles before it answers; 0 = answers at once
   * @param deadlineMillis total time of a scrape: connect, wait, body
   * @param maxBodySize bytes over the wire; 0 = no limit
   * @param maxInflatedSize bytes after gunzip; 0 = no limit
   */
  public record Plan(
      long intervalMillis,
      long seconds,
      long deadlineMillis,
      long maxBodySize,
      long maxInflatedSize) {}

  /** Tells who subtracts cumulative values. */
  public enum DeltaMode {
    /** The body goes on as it came: nobody subtracts, or the target itself does. */
    NONE,
    /** Stoker subtracts: cumulative sample types become deltas against the loop's baseline. */
    SUBTRACT
  }

  /** With one label more, or another value of it. */
  public Target with(String name, String value) {
    Labels more = labels.toBuilder().set(name, value).build();
    return new Target(key, url, type, more, discoveredLabels, process, plan, delta);
  }

  /**
   * The series whose baseline this is, across reloads and restarts: the key without timings and
   * limits, which change nothing about what the target counts.
   */
  public String series() {
    return key.substring(0, key.length() - plan.toString().length() - 1);
  }

  /** The path of the unix socket over which it is scraped, or "" for its address. */
  public String socket() {
    return labels.get(LabelNames.UNIX_SOCKET);
  }

  /**
   * True if the profile needs the only CPU profiler of the process; fgprof and similar ones bring
   * their own.
   */
  public boolean usesCpuProfiler() {
    return plan.seconds() > 0
        && (type.key().equals("process_cpu")
            || type.content() == Content.PROFILER
            || url.getPath().endsWith("/profile"));
  }

  /** True if the answer takes a garbage collection, such as Go's search for leaked goroutines. */
  public boolean collectsGarbage() {
    return type.content() == Content.PPROF
        && (type.key().equals("goroutine_leak") || url.getPath().endsWith("/goroutineleak"));
  }

  /** True if the profile says what is in use on the heap. */
  public boolean looksAtHeap() {
    String path = url.getPath();
    return type.content() == Content.PPROF
        && (type.seriesName().equals("memory")
            || path.endsWith("/heap")
            || path.endsWith("/allocs")
            || path.endsWith("/delta_heap"));
  }
}
