package dev.stoker.config;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetSource;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.ProfileType;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.scrape.ScrapeConfig.Timing;
import dev.stoker.scrape.ScrapeLimits;
import dev.stoker.scrape.Source;
import dev.stoker.scrape.TargetFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** <code>pyroscope.scrape</code>. */
final class ScrapeReader {
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  static ScrapeConfig read(String id, Args args) {
    args.refuse(AlloyArguments.SCRAPE);
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
                References::targets),
            args.require(
                "forward_to",
                List.of(),
                "forward_to = [ pyroscope.write.LABEL.receiver ]",
                References::receivers),
            args.get("job_name", "", Scalars::text),
            args.get("scheme", "http", Scalars.choice(Map.of("http", "http", "https", "https"))),
            args.get("params", Map.of(), ScrapeReader::params),
            timing(args),
            types,
            profiling.get("path_prefix", "", ProfileTypesReader::path),
            limits(args),
            HttpClientReader.read(args),
            source);
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

  /** What is written out is the same in every run, so what is wrong with it is known now. */
  private static void neverScraped(Args args, ScrapeConfig config) {
    List<Labels> written = new ArrayList<>();
    for (TargetSource target : config.targets()) {
      if (target instanceof TargetSource.Literal literal) {
        written.add(literal.labels());
      }
    }
    for (DroppedTarget dropped : new TargetFactory(config).create(written).dropped()) {
      args.warn(
          "targets",
          "the target \""
              + Texts.excerpt(dropped.discoveredLabels().get("__address__"))
              + "\" is never scraped: "
              + Texts.excerpt(dropped.detail()));
    }
  }

  private static Timing timing(Args args) {
    Timing defaults = Timing.DEFAULT;
    Node duration = args.node("delta_profiling_duration");
    return new Timing(
        args.get(
            "scrape_interval", defaults.interval(), Quantities.duration(SHORTEST_INTERVAL, "15s")),
        args.get("scrape_timeout", defaults.timeout(), Quantities.duration("10s")),
        duration == null
            ? null
            : args.get("delta_profiling_duration", Duration.ZERO, Quantities.duration("14s")));
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
