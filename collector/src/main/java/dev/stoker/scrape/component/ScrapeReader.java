package dev.stoker.scrape.component;

import dev.stoker.component.References;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetSource;
import dev.stoker.http.schema.HttpClientReader;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import dev.stoker.schema.Texts;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.ScrapeConfig.Timing;
import dev.stoker.scrape.target.ScrapeLimits;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.target.UnixSockets;
import dev.stoker.scrape.target.WhenPushed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the arguments of <code>pyroscope.scrape</code>. */
final class ScrapeReader {
  private static final int DETAIL = 400;
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  static ScrapeConfig read(String id, Args args) {
    args.refuse(
        Map.of(
            "clustering",
            "is not supported in this version; take it out",
            "body_size_limit",
            "is called max_body_size here"));
    Source source = SourceReader.read(args);
    Args profiling = args.block("profiling_config");
    ProfileType only = source.type();
    List<ProfileType> types =
        only == null ? ProfileTypesReader.read(profiling) : SourceReader.only(only, profiling);
    ScrapeConfig config =
        new ScrapeConfig(
            id,
            args.require(
                "targets",
                List.of(),
                "targets = [ { \"__address__\" = \"host:port\" } ]",
                References.targets()),
            args.require(
                "forward_to",
                List.of(),
                "forward_to = [ pyroscope.write.LABEL.receiver ]",
                References.receivers()),
            args.get("job_name", "", Scalars.text()),
            args.get("scheme", "http", Scalars.choice(Map.of("http", "http", "https", "https"))),
            args.get("params", Map.of(), Converter.of("block of lists", ScrapeReader::params)),
            timing(args),
            types,
            profiling.get("path_prefix", "", Converter.of("path", ProfileTypesReader::path)),
            limits(args),
            HttpClientReader.read(args),
            source,
            selection(args));
    profiling.finish();
    args.finish();
    if (!args.failed("scrape_interval", "delta_profiling_duration")) {
      config.problems().forEach(args::problem);
    }
    if (!args.failed("targets")) {
      neverScraped(args, config);
    }
    return config;
  }

  private static ScrapeConfig.Selection selection(Args args) {
    return new ScrapeConfig.Selection(
        args.get(
            "when_pushed",
            WhenPushed.WARN,
            Scalars.choice(Map.of("warn", WhenPushed.WARN, "skip", WhenPushed.SKIP))),
        args.get(
            "unix_sockets",
            UnixSockets.NONE,
            Converter.of(
                "list of paths",
                ScrapeReader::sockets,
                sockets -> String.join(", ", sockets.patterns()))),
        BudgetReader.read(args));
  }

  /**
   * Targets that are written out in the config are the same in every run, so their problems are
   * reported when the config is read.
   */
  private static void neverScraped(Args args, ScrapeConfig config) {
    List<Labels> written = new ArrayList<>();
    for (TargetSource target : config.targets()) {
      if (target instanceof TargetSource.Literal literal) {
        written.add(literal.labels());
      }
    }
    Map<Labels, List<DroppedTarget>> never = new LinkedHashMap<>();
    for (DroppedTarget dropped : new TargetFactory(config).create(written).dropped()) {
      never.computeIfAbsent(dropped.discoveredLabels(), ignored -> new ArrayList<>()).add(dropped);
    }
    Map<Labels, Integer> times = new HashMap<>();
    written.forEach(labels -> times.merge(labels, 1, Integer::sum));
    never.forEach(
        (labels, dropped) ->
            neverScraped(args, labels, dropped, times.getOrDefault(labels, 1) > 1));
    for (Labels labels : times.keySet()) {
      String address = labels.get(LabelNames.ADDRESS);
      if (!never.containsKey(labels)
          && labels.get(LabelNames.UNIX_SOCKET).isEmpty()
          && address.lastIndexOf(':') <= address.indexOf(']')) {
        args.note(
            "targets",
            "the target \""
                + Texts.excerpt(address)
                + "\" has no port, so the port of its scheme is asked, 80 or 443; write HOST:PORT if"
                + " it listens on another one");
      }
    }
    if (config.budget().isSet() && config.budget().isShort(config.timing().interval())) {
      args.warn(
          "budget",
          "rotate is shorter than two scrape_intervals: in most turns a cumulative profile has no"
              + " second scrape, so it brings no delta; write a longer rotate, or 0");
    }
    if (args.has("scrape_timeout")
        && config.timing().timeout().compareTo(config.timing().interval()) > 0) {
      args.warn(
          "scrape_timeout",
          "is longer than scrape_interval: while a target does not answer, the scrapes that fall due"
              + " are skipped; write a timeout that is no longer than the interval");
    }
  }

  private static void neverScraped(
      Args args, Labels labels, List<DroppedTarget> dropped, boolean twice) {
    String address = labels.get(LabelNames.ADDRESS);
    String name = address.isEmpty() ? labels.get(LabelNames.UNIX_SOCKET) : address;
    String target = "the target \"" + Texts.excerpt(name) + "\" ";
    if (twice) {
      args.warn("targets", target + "is listed twice; take one of the two out");
      return;
    }
    int more = dropped.size() - 1;
    args.warn(
        "targets",
        target
            + "is never scraped: "
            + Texts.excerpt(dropped.get(0).detail(), DETAIL)
            + (more == 0 ? "" : ", and " + more + " more of its profiles are too"));
  }

  private static Timing timing(Args args) {
    Timing defaults = Timing.DEFAULT;
    return new Timing(
        args.get(
            "scrape_interval", defaults.interval(), Quantities.duration(SHORTEST_INTERVAL, "15s")),
        args.get("scrape_timeout", defaults.timeout(), Quantities.duration("10s")),
        args.has("delta_profiling_duration")
            ? args.get("delta_profiling_duration", Duration.ZERO, Quantities.duration("14s"))
            : null);
  }

  private static ScrapeLimits limits(Args args) {
    ScrapeLimits defaults = ScrapeLimits.DEFAULT;
    Converter<Integer> count = Scalars.integer(0, Integer.MAX_VALUE);
    return new ScrapeLimits(
        args.get("max_body_size", defaults.maxBodySize(), Quantities.arraySize("16MiB")),
        args.get("max_inflated_size", defaults.maxInflatedSize(), Quantities.arraySize("64MiB")),
        args.get("target_limit", defaults.targetLimit(), count),
        args.get("label_limit", defaults.labelLimit(), count),
        args.get("label_name_length_limit", defaults.labelNameLengthLimit(), count),
        args.get("label_value_length_limit", defaults.labelValueLengthLimit(), count));
  }

  private static @Nullable UnixSockets sockets(Node node) {
    List<String> patterns = Scalars.texts().convert(node);
    if (patterns == null) {
      return null;
    }
    for (String pattern : patterns) {
      Optional<String> problem = UnixSockets.problem(pattern);
      if (problem.isPresent()) {
        node.error("\"" + Texts.excerpt(pattern) + "\" " + problem.get());
        return null;
      }
    }
    return new UnixSockets(patterns);
  }

  private static @Nullable Map<String, List<String>> params(Node node) {
    if (Args.of(node) == null) {
      return null;
    }
    Map<String, List<String>> params = new LinkedHashMap<>();
    for (Map.Entry<String, Node> child : node.children()) {
      List<String> values = new ArrayList<>();
      for (Node element : child.getValue().elements()) {
        String text = Scalars.text(element);
        if (text != null) {
          values.add(text);
        }
      }
      params.put(child.getKey(), List.copyOf(values));
    }
    return params;
  }

  private ScrapeReader() {}
}
