package dev.stoker.scrape.target;

import dev.stoker.discovery.DroppedTarget.Reason;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.ScrapeConfig.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of one target's scrape that its labels set in place of the component's: <code>
 * __scrape_interval__</code> and <code>__scrape_timeout__</code> (Prometheus' labels and duration
 * format, such as <code>1m30s</code>), <code>__max_body_size__</code> and <code>
 * __max_inflated_size__</code> (HOCON's sizes, such as <code>16MiB</code>). The labels of targets
 * may be set by somebody else than the operator of Stoker, so a label can make a limit of the
 * component narrower, never wider.
 */
public record OwnSettings(Timing timing, long maxBodySize, long maxInflatedSize) {
  private static final Pattern DURATION = Pattern.compile("(?:[0-9]{1,9}(?:ms|[smhd]))+");
  private static final Pattern PART = Pattern.compile("([0-9]+)(ms|[smhd])");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,10}) ?(B|[kKMG]B|[KMG]iB)?");
  private static final Map<String, Long> DURATION_UNITS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final Map<String, Long> SIZE_UNITS =
      Map.of(
          "B",
          1L,
          "kB",
          1_000L,
          "KB",
          1_000L,
          "MB",
          1_000_000L,
          "GB",
          1_000_000_000L,
          "KiB",
          1L << 10,
          "MiB",
          1L << 20,
          "GiB",
          1L << 30);
  private static final long MIN_INTERVAL_MILLIS = 100;
  private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
  private static final String BYTES = " bytes, which the component allows";
  private static final long MAX_MILLIS = Duration.ofDays(365).toMillis();

  /** The largest array of a JVM, in bytes. */
  private static final long MAX_SIZE = 2047L << 20;

  public static OwnSettings of(Labels labels, ScrapeConfig config) throws InvalidTarget {
    Timing timing = config.timing();
    Duration interval =
        duration(labels, LabelNames.SCRAPE_INTERVAL, timing.interval(), MIN_INTERVAL_MILLIS);
    Duration timeout = duration(labels, LabelNames.SCRAPE_TIMEOUT, timing.timeout(), 1);
    Duration shortest = min(timing.interval(), SHORTEST_INTERVAL);
    return new OwnSettings(
        new Timing(
            interval.compareTo(shortest) < 0 ? shortest : interval,
            min(timeout, timing.timeout()),
            timing.profilingDuration()),
        lower(
            size(labels, LabelNames.MAX_BODY_SIZE, config.limits().maxBodySize()),
            config.limits().maxBodySize()),
        lower(
            size(labels, LabelNames.MAX_INFLATED_SIZE, config.limits().maxInflatedSize()),
            config.limits().maxInflatedSize()));
  }

  private static Duration min(Duration one, Duration two) {
    return one.compareTo(two) < 0 ? one : two;
  }

  /** 0 = no limit, for both. */
  private static long lower(long own, long most) {
    return most > 0 && (own == 0 || own > most) ? most : own;
  }

  /**
   * Names the labels whose values are not used as they are, because the component's limits are
   * narrower; "" = none.
   */
  public static String narrowed(Target target) {
    Labels labels = target.labels();
    Target.Plan plan = target.plan();
    List<String> notes = new ArrayList<>();
    try {
      long interval = plan.intervalMillis();
      note(notes, labels, LabelNames.SCRAPE_INTERVAL, interval, " ms, the shortest there is");
      long timeout = plan.deadlineMillis() - plan.seconds() * 1_000;
      note(notes, labels, LabelNames.SCRAPE_TIMEOUT, timeout, " ms, which the component allows");
      long body = plan.maxBodySize();
      if (size(labels, LabelNames.MAX_BODY_SIZE, body) != body) {
        notes.add(counts(LabelNames.MAX_BODY_SIZE, body, BYTES));
      }
      long inflated = plan.maxInflatedSize();
      if (size(labels, LabelNames.MAX_INFLATED_SIZE, inflated) != inflated) {
        notes.add(counts(LabelNames.MAX_INFLATED_SIZE, inflated, BYTES));
      }
    } catch (InvalidTarget gone) {
      return ""; // it is no target then
    }
    return String.join("; ", notes);
  }

  private static void note(List<String> notes, Labels labels, String name, long millis, String unit)
      throws InvalidTarget {
    if (duration(labels, name, Duration.ofMillis(millis), 1).toMillis() != millis) {
      notes.add(counts(name, millis, unit));
    }
  }

  private static String counts(String name, long value, String unit) {
    return "its label " + name + " counts as " + value + unit;
  }

  /** The rules that hold for a component's timing hold for a target's. */
  void check(List<ProfileType> types) throws InvalidTarget {
    Map<String, String> problems = timing.problems(types);
    for (Map.Entry<String, String> problem : problems.entrySet()) {
      throw invalid(
          "with an interval of "
              + timing.interval().toMillis()
              + "ms, "
              + problem.getKey()
              + ": "
              + problem.getValue());
    }
  }

  private static Duration duration(Labels labels, String name, Duration fallback, long min)
      throws InvalidTarget {
    String text = labels.get(name);
    if (text.isEmpty()) {
      return fallback;
    }
    long millis = 0;
    if (DURATION.matcher(text).matches()) {
      for (MatchResult part : PART.matcher(text).results().limit(10).toList()) {
        millis += Long.parseLong(part.group(1)) * DURATION_UNITS.getOrDefault(part.group(2), 0L);
      }
    }
    if (millis < min || millis > MAX_MILLIS) {
      throw invalid(
          name
              + " \""
              + excerpt(text)
              + "\" is no duration from "
              + min
              + "ms to 365d; write one such as 30s or 1m30s");
    }
    return Duration.ofMillis(millis);
  }

  private static long size(Labels labels, String name, long fallback) throws InvalidTarget {
    String text = labels.get(name);
    if (text.isEmpty()) {
      return fallback;
    }
    Matcher matcher = SIZE.matcher(text);
    if (matcher.matches()) {
      String unit = matcher.group(2) == null ? "B" : matcher.group(2);
      long bytes = Long.parseLong(matcher.group(1)) * SIZE_UNITS.getOrDefault(unit, 1L);
      if (bytes <= MAX_SIZE) {
        return bytes;
      }
    }
    throw invalid(
        name
            + " \""
            + excerpt(text)
            + "\" is no size up to 2047MiB; write one such as 32MiB, or 0 for no limit");
  }

  private static String excerpt(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  private static InvalidTarget invalid(String detail) {
    return new InvalidTarget(Reason.INVALID, detail);
  }
}
