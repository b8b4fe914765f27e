package dev.stoker.receive.ingest;

import dev.stoker.labels.LabelNames;
import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of an ingest request.
 *
 * @param format as it was named; "" = not named
 * @param fromNanos Unix time
 * @param untilNanos Unix time, not before
 * @param sampleRate Hz; 0 = values are no samples
 * @param spy the program that has profiled
 */
public record IngestQuery(
    AppName name, String format, long fromNanos, long untilNanos, long sampleRate, String spy) {
  /** Seconds: ten years. */
  private static final long LONG_AGO = 315_360_000;

  private static final long DEFAULT_RATE = 100;
  private static final long MOST_RATE = 1_000_000_000;
  private static final Pattern AGO = Pattern.compile("now-([0-9]{1,9})(s|m|min|h|d|w)");

  /**
   * @param parameter answers null where there is none
   */
  public static IngestQuery of(Function<String, @Nullable String> parameter, long nowNanos)
      throws InvalidPush {
    String name = parameter.apply("name");
    if (name == null || name.isBlank()) {
      throw new InvalidPush("the parameter name is missing; write name=app{label=value}");
    }
    long from = time(parameter.apply("from"), nowNanos);
    long until = Math.max(from, time(parameter.apply("until"), nowNanos));
    return new IngestQuery(
        AppName.parse(name),
        text(parameter.apply("format"), ""),
        from,
        until,
        rate(parameter.apply("sampleRate")),
        text(parameter.apply("spyName"), "unknown"));
  }

  private static String text(@Nullable String given, String fallback) {
    return given == null || given.isEmpty() ? fallback : given;
  }

  private static long rate(@Nullable String given) {
    return given != null && given.matches("[0-9]{1,10}")
        ? Math.min(MOST_RATE, Long.parseLong(given))
        : DEFAULT_RATE;
  }

  /** As Pyroscope reads it: the number of digits says the unit. */
  private static long time(@Nullable String given, long nowNanos) {
    String text = given == null ? "" : given.strip();
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      long seconds = Long.parseLong(ago.group(1)) * seconds(ago.group(2));
      return nowNanos - Math.min(seconds, LONG_AGO) * 1_000_000_000L;
    }
    if (!text.matches("[0-9]{1,18}|[0-8][0-9]{18}")) {
      return nowNanos;
    }
    long number = Long.parseLong(text);
    return switch (text.length()) {
      case 8 -> day(text, nowNanos);
      case 13 -> scaled(number, 1_000_000, nowNanos);
      case 16 -> scaled(number, 1_000, nowNanos);
      case 19 -> number;
      default -> text.length() <= 10 ? scaled(number, 1_000_000_000, nowNanos) : nowNanos;
    };
  }

  private static long scaled(long number, long factor, long nowNanos) {
    return number > Long.MAX_VALUE / factor ? nowNanos : number * factor;
  }

  private static long seconds(String unit) {
    return switch (unit) {
      case "s" -> 1;
      case "m", "min" -> 60;
      case "h" -> 3_600;
      case "d" -> 86_400;
      default -> 604_800;
    };
  }

  private static long day(String text, long nowNanos) {
    try {
      return LocalDate.of(
                  Integer.parseInt(text.substring(0, 4)),
                  Integer.parseInt(text.substring(4, 6)),
                  Integer.parseInt(text.substring(6)))
              .atStartOfDay(ZoneOffset.UTC)
              .toEpochSecond()
          * 1_000_000_000L;
    } catch (DateTimeException noDay) {
      return nowNanos;
    }
  }

  /**
   * A profile under the labels that Pyroscope gives it.
   *
   * @param profile its <code>__name__</code>
   * @param app the name of the program
   */
  Incoming named(String profile, String app, byte[] body) {
    return named(profile, app, "", body);
  }

  /**
   * As the other, for a recording.
   *
   * @param event that its profiler was told to sample; "" = not known
   */
  Incoming named(String profile, String app, String event, byte[] body) {
    List<Incoming.Label> labels = new ArrayList<>(name.labels());
    labels.removeIf(
        label -> label.name().equals(LabelNames.NAME) || label.name().equals(LabelNames.DELTA));
    boolean service = name.has(LabelNames.SERVICE_NAME);
    put(labels, service ? "app_name" : LabelNames.SERVICE_NAME, app);
    put(labels, "pyroscope_spy", spy);
    if (!event.isEmpty()) {
      put(labels, "jfr_event", event);
    }
    put(labels, LabelNames.DELTA, "false");
    put(labels, LabelNames.NAME, profile);
    return new Incoming(labels, body);
  }

  private static void put(List<Incoming.Label> labels, String name, String value) {
    labels.removeIf(label -> label.name().equals(name));
    labels.add(new Incoming.Label(name, value));
  }
}
