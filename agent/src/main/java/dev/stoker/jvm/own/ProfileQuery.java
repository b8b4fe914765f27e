package dev.stoker.jvm.own;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request for a profile, as Go's net/http/pprof reads it: with <code>seconds=N</code> what
 * happens in the next N seconds, without it all since the first request (for a CPU profile and a
 * recording: 30 seconds). A server calls {@link #begin}, waits {@link #seconds}, and calls {@link
 * Window#end}; it answers {@link Refused} with its status and text. Immutable.
 */
public final class ProfileQuery {
  /** Seconds of a CPU profile that names no length, as in Go's net/http/pprof. */
  private static final int DEFAULT_SECONDS = 30;

  private static final int MAX_SECONDS = 300;
  private static final Pattern POSITIVE = Pattern.compile("0*[1-9]\\d{0,4}");

  /** Null = the recording itself. */
  private final @Nullable GoProfile profile;

  private final int seconds;

  private ProfileQuery(@Nullable GoProfile profile, int seconds) {
    this.profile = profile;
    this.seconds = seconds;
  }

  /**
   * @param name of <code>/debug/pprof/NAME</code>
   * @param seconds the parameter's text; "" = not given
   */
  public static ProfileQuery profile(String name, String seconds) throws Refused {
    Optional<GoProfile> known = GoProfile.named(name);
    if (known.isEmpty()) {
      throw new Refused(404, "Unknown profile; this JVM answers " + names() + "\n");
    }
    GoProfile profile = known.get();
    int asked = seconds(seconds, profile == GoProfile.PROFILE ? DEFAULT_SECONDS : 0);
    return new ProfileQuery(profile, profile == GoProfile.GOROUTINE ? 0 : asked);
  }

  /** The recording of the next seconds, as JFR. */
  public static ProfileQuery recording(String seconds) throws Refused {
    return new ProfileQuery(null, seconds(seconds, DEFAULT_SECONDS));
  }

  private static int seconds(String asked, int byDefault) throws Refused {
    if (asked.isEmpty()) {
      return byDefault;
    }
    if (!POSITIVE.matcher(asked).matches()) {
      throw new Refused(400, "invalid value for \"seconds\" - must be a positive integer\n");
    }
    int seconds = Integer.parseInt(asked);
    if (seconds > MAX_SECONDS) {
      throw new Refused(400, "seconds=" + seconds + " is too long; at most " + MAX_SECONDS + "\n");
    }
    return seconds;
  }

  /** Seconds between begin and end; 0 = the profile is not timed. */
  public int seconds() {
    return seconds;
  }

  public String fileName() {
    return profile == null ? "recording.jfr" : profile.path();
  }

  /**
   * Blocking.
   *
   * @throws IOException the recording could not be read
   * @throws IllegalStateException this JVM has no Flight Recorder
   */
  public Window begin(JvmProfiler profiler) throws IOException {
    Instant since = profiler.now();
    JvmTotals from =
        profile == null || seconds > 0 ? profiler.read(Duration.ofSeconds(seconds)) : null;
    return new Window(profiler, since, from);
  }

  /** An open request. */
  public final class Window {
    private final JvmProfiler profiler;
    private final Instant since;
    private final @Nullable JvmTotals from;

    private Window(JvmProfiler profiler, Instant since, @Nullable JvmTotals from) {
      this.profiler = profiler;
      this.since = since;
      this.from = from;
    }

    /**
     * Blocking.
     *
     * @return gzipped pprof, or JFR
     */
    public byte[] end() throws IOException {
      if (profile == null) {
        ByteArrayOutputStream recording = new ByteArrayOutputStream();
        profiler.writeRecording(since, recording);
        return recording.toByteArray();
      }
      if (profile == GoProfile.GOROUTINE) {
        return profiler.threads();
      }
      return profile.encode(from, profiler.read(Duration.ZERO));
    }
  }

  /** The text of the index page. */
  public static String help() {
    return "Profiles of this JVM, from its Flight Recorder, as pprof: "
        + names()
        + ".\n?seconds=N: what happens in the next N seconds. Without it: all since the first"
        + " request; a CPU profile takes "
        + DEFAULT_SECONDS
        + " seconds.\n";
  }

  private static String names() {
    StringBuilder names = new StringBuilder();
    for (GoProfile profile : GoProfile.values()) {
      names.append(names.length() == 0 ? "" : ", ").append("/debug/pprof/").append(profile.path());
    }
    return names.toString();
  }

  /** A request that cannot be answered: for the client, no bug. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    Refused(int status, String text) {
      super(text, null, false, false);
      this.status = status;
    }

    public int status() {
      return status;
    }

    public String text() {
      return String.valueOf(getMessage());
    }
  }
}
