package dev.stoker.schema;

import com.typesafe.config.ConfigException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Converters of HOCON's durations (<code>15s</code>) and sizes (<code>16MiB</code>). */
public final class Quantities {
  /** The {@link Converter#type} of durations. */
  public static final String DURATION_TYPE = "duration";

  /** Nothing here makes sense for longer; keeps sums of durations far from overflow. */
  private static final Duration MAX_DURATION = Duration.ofDays(365);

  private static final BigInteger MAX_SIZE = BigInteger.ONE.shiftLeft(50);

  /** The bytes that one array of the JVM can hold. */
  private static final BigInteger MAX_ARRAY = BigInteger.valueOf(2047L << 20);

  /** Narrower than HOCON's: an exponent would be worked out digit by digit. */
  private static final Pattern DURATION =
      Pattern.compile("\\s*-?[0-9]{1,18}(\\.[0-9]{1,9})?\\s*[a-z]{1,12}\\s*");

  private static final Pattern SIZE =
      Pattern.compile("[0-9]{1,30}(\\.[0-9]{1,9})?\\s*[A-Za-z]{0,10}");

  private static final Duration SHORTEST = Duration.ofMillis(1);

  /** More than zero. */
  public static Converter<Duration> duration(String example) {
    return duration(SHORTEST, example);
  }

  /** Zero means "no bound", and may be written without a unit. */
  public static Converter<Duration> durationOrZero(String example) {
    return duration(Duration.ZERO, example);
  }

  public static Converter<Duration> duration(Duration min, String example) {
    return Converter.of(DURATION_TYPE, atLeast(min, example), Quantities::shown);
  }

  /** How often a source of targets is asked: at least a second. */
  public static Converter<Duration> refreshInterval() {
    return duration(Duration.ofSeconds(1), "30s");
  }

  private static Converter<Duration> atLeast(Duration min, String example) {
    return node -> {
      String text = node.scalar().orElse("").strip();
      if (text.equals("0") && min.isZero()) {
        return Duration.ZERO;
      }
      if (text.matches("-?[0-9.]+")) {
        node.error(node.describe() + " has no unit; write " + node.key() + " = " + text + "s");
        return null;
      }
      Optional<Duration> duration = parseDuration(node);
      if (duration.isEmpty()) {
        node.error(
            "must be a duration such as "
                + example
                + " (one number and one unit: ms, s, m, h or d), but is "
                + node.describe());
        return null;
      }
      return within(node, duration.get(), min);
    };
  }

  private static @Nullable Duration within(Node node, Duration duration, Duration min) {
    if (duration.compareTo(min) < 0) {
      node.error("is " + node.describe() + ", but must be at least " + show(min));
      return null;
    }
    if (duration.compareTo(MAX_DURATION) > 0) {
      node.error("is " + node.describe() + ", but must be at most 365d");
      return null;
    }
    return duration;
  }

  private static Optional<Duration> parseDuration(Node node) {
    if (!DURATION.matcher(node.scalar().orElse("")).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(node.value().atKey("v").getDuration("v"));
    } catch (ConfigException | ArithmeticException wrong) {
      return Optional.empty();
    }
  }

  private static String show(Duration duration) {
    return duration.toMillis() + "ms";
  }

  /** Bytes, 0 included. */
  public static Converter<Long> size(String example) {
    return size(BigInteger.ZERO, MAX_SIZE, example);
  }

  /** Bytes, at least one. */
  public static Converter<Long> positiveSize(String example) {
    return size(BigInteger.ONE, MAX_SIZE, example);
  }

  /** Bytes that are held in one piece, 0 included. */
  public static Converter<Long> arraySize(String example) {
    return size(BigInteger.ZERO, MAX_ARRAY, example);
  }

  private static Converter<Long> size(BigInteger min, BigInteger max, String example) {
    return Converter.of("size", between(min, max, example), Quantities::shown);
  }

  private static Converter<Long> between(BigInteger min, BigInteger max, String example) {
    return node -> {
      Optional<BigInteger> bytes = parseSize(node);
      if (bytes.isEmpty()) {
        node.error(
            "must be a size such as "
                + example
                + " (a number and B, KiB, MiB or GiB), but is "
                + node.describe());
        return null;
      }
      if (bytes.get().compareTo(min) < 0 || bytes.get().compareTo(max) > 0) {
        String most = max.equals(MAX_SIZE) ? "1PiB" : (max.longValueExact() >> 20) + "MiB";
        node.error("is " + node.describe() + ", but must be from " + min + " to " + most);
        return null;
      }
      return bytes.get().longValueExact();
    };
  }

  private static Optional<BigInteger> parseSize(Node node) {
    String text = node.scalar().orElse("").strip();
    if (text.startsWith("-") && text.length() > 1) {
      return text.matches("-[0-9.]+ *[A-Za-z]*")
          ? Optional.of(BigInteger.ONE.negate())
          : Optional.empty();
    }
    if (!SIZE.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(node.value().atKey("v").getMemorySize("v").toBytesBigInteger());
    } catch (ConfigException | ArithmeticException wrong) {
      return Optional.empty();
    }
  }

  /** Writes a duration as a config does: <code>55m</code>. */
  public static String shown(Duration duration) {
    long millis = duration.toMillis();
    for (Unit unit : TIMES) {
      if (millis % unit.size() == 0 && millis > 0) {
        return millis / unit.size() + unit.name();
      }
    }
    return "0";
  }

  /** Writes a size as a config does: <code>16MiB</code>. */
  public static String shown(long bytes) {
    for (Unit unit : SIZES) {
      if (bytes % unit.size() == 0 && bytes > 0) {
        return bytes / unit.size() + unit.name();
      }
    }
    return String.valueOf(bytes);
  }

  private record Unit(String name, long size) {}

  private static final List<Unit> TIMES =
      List.of(
          new Unit("h", 3_600_000), new Unit("m", 60_000), new Unit("s", 1_000), new Unit("ms", 1));

  private static final List<Unit> SIZES =
      List.of(new Unit("GiB", 1L << 30), new Unit("MiB", 1L << 20), new Unit("KiB", 1L << 10));

  private Quantities() {}
}
