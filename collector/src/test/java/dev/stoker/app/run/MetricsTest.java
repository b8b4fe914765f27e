package dev.stoker.app.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.scrape.fetch.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** <code>docs/metrics.md</code> has every metric of the program, with its type and labels. */
class MetricsTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));

  /** Name, type, labels. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z0-9_]+)` \\| ([a-z]+) \\| ([^|]*) \\|");

  /** A label, and its values where there are few. */
  private static final Pattern LABEL =
      Pattern.compile("`([a-z_]+)`(?: = ((?:`[a-z_]+`(?:, )?)+))?");

  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z0-9_]+)(?:\\{(.*)})? \\S+$");
  private static final Pattern TAG = Pattern.compile("([a-z_]+)=\"([^\"]*)\"");

  private static final Pattern REGISTERED =
      Pattern.compile("(?:Counter|Gauge|Timer|Summary)\\s*\\.builder\\(\\s*\"([^\"]+)\"");

  private static final Pattern NAME =
      Pattern.compile("\\b(?:stoker|pyroscope_write|otlp_write|pyroscope_relabel)_[a-z_]*[a-z]");

  /** What Prometheus' names have at their end. */
  private static final String UNIT = "(_(bytes|seconds))?(_total)?";

  /** Their values are the user's, or belong to the form of the metric. */
  private static final Set<String> OPEN =
      Set.of("component", "endpoint", "profile_type", "version", "id", "inflate", "deflate");

  private static final Set<String> OF_THE_FORM = Set.of("le", "quantile");

  @TempDir Path folder;

  /**
   * What is documented and exported of a metric.
   *
   * @param labels each with its values; none where they are not fixed
   */
  private record Metric(String type, Map<String, Set<String>> labels) {}

  @Test
  void everyMetric_isDocumented_andNoOther() throws Exception {
    Map<String, Metric> documented = documented();
    Map<String, Metric> exported = exported();
    // One outcome exists from the start; the others when they have happened.
    requireNonNull(exported.get("stoker_scrapes_total")).labels().put("outcome", outcomes());

    assertThat(documented.keySet()).isEqualTo(exported.keySet());
    exported.forEach((name, metric) -> assertThat(documented.get(name)).as(name).isEqualTo(metric));
  }

  /** A metric may be registered only when something has happened; the source knows all of them. */
  @Test
  void everyNameInTheSource_isDocumented() throws Exception {
    Set<String> documented = documented().keySet();
    Set<String> names = new TreeSet<>();
    for (String module : List.of("core", "discovery", "collector")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          REGISTERED
              .matcher(Files.readString(file))
              .results()
              .forEach(match -> names.add(match.group(1).replace('.', '_')));
        }
      }
    }
    assertThat(names).hasSizeGreaterThan(30);
    for (String name : names) {
      assertThat(documented).as(name).anyMatch(known -> known.matches(name + UNIT));
    }
  }

  /** Whoever reads of a metric finds it on its page. */
  @Test
  void everyMetricThatAPageNames_exists() throws Exception {
    Set<String> documented = documented().keySet();
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
      for (Path page : pages.filter(file -> file.toString().endsWith(".md")).toList()) {
        Matcher name = NAME.matcher(Files.readString(page));
        while (name.find()) {
          assertThat(documented)
              .as(page + ": " + name.group())
              .anyMatch(known -> known.startsWith(name.group()));
        }
      }
    }
  }

  private static Set<String> outcomes() {
    Set<String> labels = new TreeSet<>();
    Arrays.stream(Outcome.values()).map(Outcome::label).forEach(labels::add);
    return labels;
  }

  private static Map<String, Metric> documented() throws Exception {
    Map<String, Metric> metrics = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(ROOT.resolve("docs/metrics.md")));
    while (row.find()) {
      Map<String, Set<String>> labels = new TreeMap<>();
      Matcher label = LABEL.matcher(row.group(3));
      while (label.find()) {
        Set<String> values = new TreeSet<>();
        if (label.group(2) != null) {
          values.addAll(Arrays.asList(label.group(2).replace("`", "").split(", ")));
        }
        labels.put(label.group(1), values);
      }
      Metric twice = metrics.put(row.group(1), new Metric(row.group(2), labels));
      assertThat(twice).as(row.group(1)).isNull();
    }
    return metrics;
  }

  /** Of a daemon that has a component of each kind with metrics. */
  private Map<String, Metric> exported() throws Exception {
    int port = Daemon.freePort();
    try (HeapTarget target = new HeapTarget();
        Daemon daemon = new Daemon(config(port, target.address()), port)) {
      Daemon.await(
          "a scrape and its codecs",
          () -> {
            String metrics = daemon.get("/metrics").body();
            return metrics.contains("stoker_scrape_body_bytes")
                && metrics.contains("stoker_scrape_duration_seconds")
                && metrics.contains("stoker_codec_info");
          });
      return metrics(daemon.get("/metrics").body());
    }
  }

  private static Map<String, Metric> metrics(String text) {
    Map<String, Metric> metrics = new TreeMap<>();
    Matcher type = TYPE.matcher(text);
    while (type.find()) {
      metrics.put(type.group(1), new Metric(type.group(2), new TreeMap<>()));
    }
    // The largest value of a timer or summary is a gauge of its own, which its row names.
    metrics
        .keySet()
        .removeIf(
            name -> name.endsWith("_max") && metrics.containsKey(name.replaceFirst("_max$", "")));
    Matcher sample = SAMPLE.matcher(text);
    while (sample.find()) {
      Metric metric = metrics.get(sample.group(1));
      if (metric == null) {
        metric = metrics.get(sample.group(1).replaceFirst("_(bucket|count|sum|max)$", ""));
      }
      if (metric == null) {
        throw new AssertionError("a sample of no metric: " + sample.group());
      }
      if (sample.group(2) != null) {
        Matcher tag = TAG.matcher(sample.group(2));
        while (tag.find()) {
          add(metric.labels(), tag.group(1), tag.group(2));
        }
      }
    }
    return metrics;
  }

  private static void add(Map<String, Set<String>> labels, String label, String value) {
    if (!OF_THE_FORM.contains(label)) {
      Set<String> values = labels.computeIfAbsent(label, name -> new TreeSet<>());
      if (!OPEN.contains(label)) {
        values.add(value);
      }
    }
  }

  private Path config(int port, String target) throws Exception {
    return Files.writeString(
        folder.resolve("stoker.conf"),
        """
        pyroscope.scrape.s {
          targets = [ { "__address__" = "TARGET", service_name = "shop" } ]
          scrape_interval = 1s
          budget.max_targets = 1
          profiling_config {
            profile.memory      { enabled = true }
            profile.goroutine   { enabled = false }
            profile.process_cpu { enabled = false }
            profile.mutex       { enabled = false }
            profile.block       { enabled = false }
          }
          forward_to = [ pyroscope.relabel.r.receiver ]
        }
        pyroscope.relabel.r {
          rules = [ { target_label = a, replacement = b } ]
          forward_to = [ pyroscope.write.w.receiver, stoker.store.local.receiver ]
        }
        pyroscope.receive_http.in {
          http { listen_address = "127.0.0.1", listen_port = 0 }
          forward_to = [ pyroscope.enrich.e.receiver ]
        }
        otlp.receive.in {
          grpc { listen_port = 0 }
          http { listen_port = 0 }
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.enrich.e {
          targets = [ { "__meta_ip" = "10.0.0.1" } ]
          target_match_label = "__meta_ip"
          profiles_match_label = "__peer_address__"
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.write.w { endpoint { url = "http://127.0.0.1:9" } }
        otlp.write.o { endpoint { url = "http://127.0.0.1:9", name = otlp } }
        stoker.store.local {}
        stoker { http.listen = "127.0.0.1:PORT", storage.path = "FOLDER" }
        """
            .replace("TARGET", target)
            .replace("PORT", "" + port)
            .replace("FOLDER", folder.resolve("data").toString()));
  }
}
