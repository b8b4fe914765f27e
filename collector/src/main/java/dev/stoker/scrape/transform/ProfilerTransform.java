package dev.stoker.scrape.transform;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.jvm.convert.RecordingBody;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.jvm.text.CollapsedBody;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts the output of async-profiler, which is recognised by its bytes: a recording, or
 * collapsed stacks. The text of collapsed stacks does not say what the samples stand for, so the
 * parameters of the request tell that.
 */
final class ProfilerTransform implements ProfileTransform {
  /** The default of async-profiler, in nanoseconds, used if the request names no interval. */
  private static final long CPU_PERIOD = 10_000_000;

  private static final long WALL_PERIOD = 50_000_000;
  private static final Pattern PERIOD = Pattern.compile("([0-9]{1,12})(ns|us|ms|s)?");
  private static final Map<String, Long> UNITS =
      Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L);

  private final CpuPool cpu;
  private final JfrTransform recordings;

  ProfilerTransform(Target target, CpuPool cpu) {
    this.cpu = cpu;
    this.recordings = new JfrTransform(target, cpu);
  }

  @Override
  public Future<Transformed> apply(Target target, byte[] body, long scrapedAtMillis) {
    if (RecordingBody.isRecording(body)) {
      return recordings.apply(target, body, scrapedAtMillis);
    }
    long maxInflated = target.plan().maxInflatedSize();
    return cpu.submit(() -> stacks(target, body, maxInflated, scrapedAtMillis))
        .map(parts -> new Transformed(parts, false, false));
  }

  /** Converts a whole body, whatever was counted before. */
  static List<NamedBody> profiles(Target target, byte[] body, long maxInflated, long nowMillis)
      throws MalformedProfileException {
    return RecordingBody.isRecording(body)
        ? JfrTransform.profiles(body, maxInflated, nowMillis)
        : stacks(target, body, maxInflated, nowMillis);
  }

  private static List<NamedBody> stacks(
      Target target, byte[] body, long maxInflated, long nowMillis)
      throws MalformedProfileException {
    if (body.length == 0) {
      return List.of(); // nothing ran
    }
    if (body[0] == '<') {
      throw new MalformedProfileException(
          "the profiler answered with HTML, such as a flame graph; ask for jfr or collapsed"
              + " (source_config.output, or the endpoint's own parameter for it)");
    }
    boolean asked = param(target, "output", "").equals("collapsed") && CollapsedBody.isText(body);
    if (!asked && !CollapsedBody.isCollapsed(body)) {
      return JfrTransform.profiles(body, maxInflated, nowMillis); // says what it is instead
    }
    long nanos = target.plan().seconds() * 1_000_000_000;
    ConvertedProfile profile =
        CollapsedBody.convert(
            body, maxInflated, options(target), nowMillis * 1_000_000 - nanos, nanos);
    return profile.body().length == 0
        ? List.of()
        : List.of(new NamedBody(profile.name(), profile.body()));
  }

  private static CollapsedBody.Options options(Target target) throws MalformedProfileException {
    String event = param(target, "event", "cpu");
    boolean wall = event.equals("wall");
    if (!wall && !List.of("cpu", "itimer", "ctimer").contains(event)) {
      throw new MalformedProfileException(
          "collapsed stacks of event="
              + event
              + " do not say what they count; ask for output = jfr, or for cpu, itimer, ctimer or"
              + " wall");
    }
    Matcher period = PERIOD.matcher(param(target, "interval", "0"));
    long nanos =
        period.matches()
            ? Long.parseLong(period.group(1))
                * (period.group(2) == null ? 1 : UNITS.getOrDefault(period.group(2), 1L))
            : 0;
    long usual = wall ? WALL_PERIOD : CPU_PERIOD;
    return new CollapsedBody.Options(
        wall ? CollapsedBody.Of.WALL : CollapsedBody.Of.CPU,
        nanos > 0 && nanos <= 60_000_000_000L ? nanos : usual,
        false);
  }

  /**
   * The parameter as the request has it: parameters of the config and labels of the target may
   * change it.
   */
  private static String param(Target target, String name, String fallback) {
    String query = target.url().getQuery();
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        if (pair.startsWith(name + "=")) {
          return pair.substring(name.length() + 1);
        }
      }
    }
    return fallback;
  }

  @Override
  public TargetDetail detail() {
    return recordings.detail();
  }

  @Override
  public void settle(boolean accepted) {
    recordings.settle(accepted);
  }

  @Override
  public void failed() {}

  @Override
  public void close() {}
}
