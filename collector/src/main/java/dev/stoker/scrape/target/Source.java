package dev.stoker.scrape.target;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The kind of a component's targets: the <code>source</code> argument and its block. */
public sealed interface Source {
  Source PPROF = new Pprof();

  /** The name in the configuration. */
  String name();

  /** The only profile type of each target; null = those of <code>profiling_config</code>. */
  @Nullable ProfileType type();

  /** Query parameters of its requests; those of the config come later and win. */
  default Map<String, List<String>> params() {
    return Map.of();
  }

  /** The query parameter for how many seconds a target is to profile. */
  default String secondsParam() {
    return "seconds";
  }

  /** Go's endpoints and what looks like them: a URL for each profile type. */
  record Pprof() implements Source {
    @Override
    public String name() {
      return "pprof";
    }

    @Override
    public @Nullable ProfileType type() {
      return null;
    }
  }

  /**
   * Spring Boot's Actuator with the flight-recorder starter.
   *
   * @param settings over those of the starter, such as <code>jdk.ExecutionSample#period</code> to
   *     <code>20 ms</code>
   */
  record ActuatorJfr(String path, Map<String, String> settings) implements Source {
    public ActuatorJfr {
      settings = Map.copyOf(settings);
    }

    @Override
    public String name() {
      return "actuator-jfr";
    }

    /** Timed: it is recorded while the target is waited for. */
    @Override
    public ProfileType type() {
      return ProfileType.of(this, path, true, Content.JFR);
    }

    /** Describes for users which events are recorded. */
    public String events() {
      return "the starter's configuration" + own(settings);
    }
  }

  /**
   * The FlightRecorder MBean over Jolokia.
   *
   * @param configuration one of the JDK's, such as <code>profile</code>; "" = what profiles need
   * @param settings over those
   */
  record Jolokia(String path, String configuration, Map<String, String> settings)
      implements Source {
    public Jolokia {
      settings = Map.copyOf(settings);
    }

    @Override
    public String name() {
      return "jolokia";
    }

    @Override
    public ProfileType type() {
      return ProfileType.of(this, path, false, Content.JFR);
    }

    /** For people. */
    public String events() {
      return (configuration.isEmpty() ? "Stoker's choice" : "the JDK's " + configuration)
          + own(settings);
    }
  }

  private static String own(Map<String, String> settings) {
    return settings.isEmpty() ? "" : " with " + new TreeMap<>(settings);
  }

  /**
   * A URL that answers with a recording.
   *
   * @param timed it is asked for <code>seconds=N</code>
   */
  record Jfr(String path, boolean timed) implements Source {
    @Override
    public String name() {
      return "jfr";
    }

    @Override
    public ProfileType type() {
      return ProfileType.of(this, path, timed, Content.JFR);
    }
  }

  /**
   * A URL that answers with a thread dump as JSON, asked several times an interval.
   *
   * @param samples dumps an interval, if the endpoint is fast enough
   * @param maxTimePercent of its time that an endpoint may be busy with answering
   * @param threadNames a frame with the thread's name at the root of each stack
   */
  record ThreadDump(String path, int samples, int maxTimePercent, boolean threadNames)
      implements Source {
    @Override
    public String name() {
      return "threaddump";
    }

    @Override
    public ProfileType type() {
      return ProfileType.of(this, path, false, Content.WALL);
    }
  }

  /**
   * A URL that runs async-profiler for a while and answers with what it wrote.
   *
   * @param event as async-profiler calls it, such as <code>cpu</code>
   * @param output <code>jfr</code> or <code>collapsed</code>
   * @param periodNanos between two samples; 0 = async-profiler's default
   */
  record Prof(String path, String event, String output, long periodNanos) implements Source {
    @Override
    public String name() {
      return "prof";
    }

    @Override
    public ProfileType type() {
      return ProfileType.of(this, path, true, Content.PROFILER);
    }

    @Override
    public Map<String, List<String>> params() {
      Map<String, List<String>> params = new LinkedHashMap<>();
      params.put("event", List.of(event));
      params.put("output", List.of(output));
      if (periodNanos > 0) {
        params.put("interval", List.of(Long.toString(periodNanos)));
      }
      return params;
    }

    @Override
    public String secondsParam() {
      return "duration";
    }
  }
}
