package dev.stoker.scrape.target;

import dev.stoker.discovery.TargetSource;
import dev.stoker.http.client.HttpClientConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A <code>pyroscope.scrape</code> component; argument names and defaults are Alloy's.
 *
 * @param component id, such as <code>pyroscope.scrape.default</code>
 * @param forwardTo ids of components that export a receiver
 * @param jobName "" = no job label unless the target sets it
 * @param params query parameters of every request
 * @param timing intervals and deadlines
 * @param profileTypes enabled ones only, in the order of {@link ProfileType#BUILT_IN}, then custom;
 *     of another source than pprof its only one
 * @param selection which of its targets and types are scraped
 */
public record ScrapeConfig(
    String component,
    List<TargetSource> targets,
    List<String> forwardTo,
    String jobName,
    String scheme,
    Map<String, List<String>> params,
    Timing timing,
    List<ProfileType> profileTypes,
    String pathPrefix,
    ScrapeLimits limits,
    HttpClientConfig http,
    Source source,
    Selection selection) {

  public ScrapeConfig {
    targets = List.copyOf(targets);
    forwardTo = List.copyOf(forwardTo);
    params = Map.copyOf(params);
    profileTypes = List.copyOf(profileTypes);
  }

  /**
   * Which of the targets and types of a component are scraped.
   *
   * @param whenPushed what happens to a scrape of which the same is pushed too
   * @param sockets that its targets may use
   * @param budget how many of them are scraped at a time
   */
  public record Selection(WhenPushed whenPushed, UnixSockets sockets, Budget budget) {
    public static final Selection DEFAULT =
        new Selection(WhenPushed.WARN, UnixSockets.NONE, Budget.NONE);
  }

  public WhenPushed whenPushed() {
    return selection.whenPushed();
  }

  public UnixSockets sockets() {
    return selection.sockets();
  }

  public Budget budget() {
    return selection.budget();
  }

  /**
   * @param interval time between two scrapes of one target and type
   * @param timeout the slack for an answer; a timed scrape may take its seconds on top
   * @param profilingDuration what a timed profile's <code>seconds</code> is; null = interval − 1 s
   */
  public record Timing(Duration interval, Duration timeout, @Nullable Duration profilingDuration) {
    public static final Timing DEFAULT =
        new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), null);

    /** Whole seconds that a timed profile runs for. */
    public long seconds() {
      Duration duration =
          profilingDuration == null ? interval.minus(Duration.ofSeconds(1)) : profilingDuration;
      return duration.toSeconds();
    }

    /** Problems of the timing with these types: argument name to message; empty = none. */
    Map<String, String> problems(List<ProfileType> types) {
      Map<String, String> problems = new LinkedHashMap<>();
      if (types.stream().noneMatch(ProfileType::timed)) {
        return problems;
      }
      if (interval.compareTo(Duration.ofSeconds(2)) < 0) {
        problems.put(
            "scrape_interval",
            "a timed profile (process_cpu, fgprof, or a custom one with delta = true) is on and"
                + " needs an interval of at least 2s; write scrape_interval = 2s or more, or"
                + " switch the timed profile off");
      }
      Duration duration = profilingDuration;
      if (duration != null && duration.compareTo(Duration.ofSeconds(1)) <= 0) {
        problems.put(
            "delta_profiling_duration",
            "must be longer than 1s; leave it out for scrape_interval - 1s");
      } else if (duration != null && duration.compareTo(interval.minusSeconds(1)) > 0) {
        problems.put(
            "delta_profiling_duration",
            "must be at least 1s shorter than scrape_interval; leave it out for scrape_interval -"
                + " 1s");
      }
      return problems;
    }
  }

  /** Cross-field rules: argument name to what is wrong and what to write; empty = fine. */
  public Map<String, String> problems() {
    return timing.problems(profileTypes);
  }
}
