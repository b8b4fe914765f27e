package dev.stoker.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import dev.stoker.discovery.TargetSource;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.scrape.ScrapeLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads <code>pyroscope.scrape</code>. */
final class ScrapeReader {
  private final Problems problems;
  private final References references;

  ScrapeReader(Problems problems, References references) {
    this.problems = problems;
    this.references = references;
  }

  ScrapeConfig read(Node node, String id) {
    references.component(id);
    List<TargetSource> targets = targets(node, id);
    List<String> forwardTo = forwardTo(node, id);
    ScrapeConfig.Timing defaults = ScrapeConfig.Timing.DEFAULT;
    ScrapeConfig.Timing timing =
        new ScrapeConfig.Timing(
            node.duration("scrape_interval", defaults.interval(), Duration.ofMillis(100)),
            node.duration("scrape_timeout", defaults.timeout(), Duration.ofMillis(1)),
            node.optionalDuration("delta_profiling_duration"));
    ScrapeLimits limits =
        new ScrapeLimits(
            node.size("max_body_size", ScrapeLimits.DEFAULT.maxBodySize()),
            node.size("max_inflated_size", ScrapeLimits.DEFAULT.maxInflatedSize()),
            node.count("target_limit", 0, 0),
            node.count("label_limit", 0, 0),
            node.count("label_name_length_limit", 0, 0),
            node.count("label_value_length_limit", 0, 0));
    Node profiling = node.object("profiling_config");
    String prefix = profiling == null ? "" : profiling.string("path_prefix", "");
    ScrapeConfig config =
        new ScrapeConfig(
            id,
            targets,
            forwardTo,
            node.string("job_name", ""),
            node.choice("scheme", List.of("http", "https"), "http"),
            params(node),
            timing,
            new ProfileTypes(problems).read(profiling),
            prefix,
            limits,
            new HttpClientConfig(node.bool("follow_redirects", true)));
    config.problems().forEach(node::error);
    if (profiling != null) {
      profiling.finish();
    }
    if (!config.http().followRedirects()) {
      node.warning("follow_redirects", "has no effect in this version: redirects are followed");
    }
    AlloyOnly.report(node);
    node.finish();
    return config;
  }

  private List<TargetSource> targets(Node node, String id) {
    if (!node.has("targets")) {
      node.error("targets", "is missing; write targets = [ { \"__address__\" = \"host:port\" } ]");
      return List.of();
    }
    List<TargetSource> targets = new ArrayList<>();
    flatten(node, node.list("targets"), id, targets, 0);
    return targets;
  }

  private void flatten(
      Node node, List<ConfigValue> items, String id, List<TargetSource> targets, int depth) {
    for (ConfigValue item : items) {
      if (item instanceof ConfigObject object) {
        targets.add(new TargetSource.Literal(labels(node, object)));
      } else if (item instanceof ConfigList list && depth < 4) {
        flatten(node, List.copyOf(list), id, targets, depth + 1);
      } else if (item.valueType() == ConfigValueType.STRING) {
        String export = String.valueOf(item.unwrapped());
        int dot = export.lastIndexOf('.');
        references.refer(id, export, References.Type.TARGETS, item.origin(), node.child("targets"));
        targets.add(
            new TargetSource.Export(
                dot < 0 ? export : export.substring(0, dot), export.substring(dot + 1)));
      } else {
        problems.error(
            item.origin(),
            node.child("targets"),
            "holds "
                + Node.kind(item)
                + "; write { \"__address__\" = \"host:port\" } or a reference");
      }
    }
  }

  private Labels labels(Node node, ConfigObject object) {
    Map<String, String> labels = new LinkedHashMap<>();
    object.forEach(
        (name, value) -> {
          boolean nested =
              value.valueType() == ConfigValueType.OBJECT
                  || value.valueType() == ConfigValueType.LIST;
          if (nested) {
            problems.error(
                value.origin(),
                node.child("targets"),
                "label "
                    + name
                    + " is "
                    + Node.kind(value)
                    + "; quote names with dots, values are strings");
          } else if (value.valueType() != ConfigValueType.NULL) {
            labels.put(name, String.valueOf(value.unwrapped()));
          }
        });
    return Labels.of(labels);
  }

  private List<String> forwardTo(Node node, String id) {
    List<ConfigValue> items = node.list("forward_to");
    if (items.isEmpty()) {
      node.error(
          "forward_to",
          "is missing or empty; write forward_to = [ pyroscope.write.<label>.receiver ]");
    }
    List<String> receivers = new ArrayList<>();
    for (ConfigValue item : items) {
      if (item.valueType() != ConfigValueType.STRING) {
        problems.error(
            item.origin(),
            node.child("forward_to"),
            "holds "
                + Node.kind(item)
                + "; write a reference such as pyroscope.write.<label>.receiver");
        continue;
      }
      String export = String.valueOf(item.unwrapped());
      references.refer(
          id, export, References.Type.RECEIVER, item.origin(), node.child("forward_to"));
      String component = export.replaceAll("\\.receiver$", "");
      if (receivers.contains(component)) {
        problems.error(
            item.origin(), node.child("forward_to"), export + " is named twice; once is enough");
      }
      receivers.add(component);
    }
    return receivers;
  }

  private Map<String, List<String>> params(Node node) {
    Map<String, List<String>> params = new LinkedHashMap<>();
    Node block = node.object("params");
    if (block != null) {
      for (String name : block.keys()) {
        List<String> values = new ArrayList<>();
        for (ConfigValue value : block.list(name)) {
          if (value.valueType() == ConfigValueType.OBJECT
              || value.valueType() == ConfigValueType.LIST) {
            block.error(name, "is " + Node.kind(value) + "; write a string or a list of strings");
          } else {
            values.add(String.valueOf(value.unwrapped()));
          }
        }
        params.put(name, List.copyOf(values));
      }
    }
    return params;
  }
}
