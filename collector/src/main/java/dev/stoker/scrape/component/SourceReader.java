package dev.stoker.scrape.component;

import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.Source;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the <code>source</code> argument of a scrape and its <code>source_config</code> block. */
final class SourceReader {
  /** Reads all arguments of the block. */
  private interface Reader {
    Source read(Args config);
  }

  private static final Pattern SETTING = Pattern.compile("[A-Za-z_$][\\w.$]*#[\\w-]+");

  private static final Map<String, Reader> READERS =
      Map.of(
          "pprof",
          SourceReader::pprof,
          "jfr",
          SourceReader::jfr,
          "actuator-jfr",
          SourceReader::actuator,
          "jolokia",
          SourceReader::jolokia,
          "threaddump",
          SourceReader::threadDump,
          "prof",
          SourceReader::prof);

  static Source read(Args args) {
    Reader reader = args.get("source", SourceReader::pprof, Scalars.choice(READERS));
    if (args.failed("source")) {
      args.node("source_config");
      return Source.PPROF;
    }
    new TreeMap<>(READERS).values().forEach(each -> args.declareBlock("source_config", each::read));
    Args config = args.block("source_config");
    Source source = reader.read(config);
    config.finish();
    return source;
  }

  private static Source pprof(Args config) {
    config
        .block()
        .children()
        .forEach(
            child -> {
              config.node(child.getKey());
              child
                  .getValue()
                  .error(
                      "is for another source than pprof; write source = … beside it, or use"
                          + " profiling_config");
            });
    return Source.PPROF;
  }

  private static Source jfr(Args config) {
    return new Source.Jfr(
        config.get("path", "/jfr", ProfileTypesReader.PATH),
        config.get("delta", false, Scalars.flag()));
  }

  private static Source actuator(Args config) {
    return new Source.ActuatorJfr(
        config.get("path", "/actuator/flightrecorder", ProfileTypesReader.PATH),
        config.get("settings", Map.of(), Converter.of("block of texts", SourceReader::settings)));
  }

  private static Source jolokia(Args config) {
    return new Source.Jolokia(
        config.get("path", "/jolokia", ProfileTypesReader.PATH),
        config.get("configuration", "", Scalars.nonEmpty()),
        config.get("settings", Map.of(), Converter.of("block of texts", SourceReader::settings)));
  }

  private static @Nullable Map<String, String> settings(Node node) {
    if (Args.of(node) == null) {
      return null;
    }
    Map<String, String> settings = new TreeMap<>();
    for (Map.Entry<String, Node> child : node.children()) {
      String value = Scalars.text(child.getValue());
      if (!SETTING.matcher(child.getKey()).matches()) {
        child
            .getValue()
            .error(
                "is no setting of an event; write one such as \"jdk.ExecutionSample#period\" ="
                    + " \"20 ms\"");
      } else if (value != null) {
        settings.put(child.getKey(), value);
      }
    }
    return settings;
  }

  private static Source threadDump(Args config) {
    return new Source.ThreadDump(
        config.get("path", "/actuator/threaddump", ProfileTypesReader.PATH),
        config.get("samples", 10, Scalars.integer(1, 100)),
        config.get("max_time_percent", 5, Scalars.integer(1, 50)),
        config.get("thread_names", false, Scalars.flag()));
  }

  private static Source prof(Args config) {
    return new Source.Prof(
        config.get("path", "/prof", ProfileTypesReader.PATH),
        config.get("event", "cpu", Scalars.nonEmpty()),
        config.get("output", "jfr", Scalars.choice(Map.of("jfr", "jfr", "collapsed", "collapsed"))),
        config
            .get("interval", Duration.ZERO, Quantities.duration(Duration.ofNanos(1_000), "10ms"))
            .toNanos());
  }

  /**
   * Sources other than pprof have exactly one profile type, so <code>profiling_config</code>
   * accepts only <code>path_prefix</code>.
   */
  static List<ProfileType> only(ProfileType type, Args profiling) {
    Node profile = profiling.node("profile");
    if (profile != null) {
      profile.error(
          "is for source = pprof only; a target of source = "
              + type.key()
              + " has one profile type, of that name: take this out, and see source_config");
    }
    return List.of(type);
  }

  private SourceReader() {}
}
