package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.app.run.Collector;
import dev.stoker.app.run.Daemon;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard and the alerts ask for nothing that a running Stoker does not export. */
class DeployMetricsTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final Pattern METRIC =
      Pattern.compile("\\b((?:stoker|pyroscope|otlp|jvm|process)_[a-z0-9_]+)(?:\\{([^}]*)})?");
  private static final Pattern BY = Pattern.compile("by \\(([^)]*)\\)");
  private static final Pattern MATCHER = Pattern.compile("([a-z_]+)\\s*(?:=~|!=|!~|=)");

  /** What Prometheus adds to each series by itself. */
  private static final Set<String> ADDED = Set.of("instance", "job");

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private int admin;

  @BeforeEach
  void start() throws Exception {
    admin = Daemon.freePort();
    Path file = folder.resolve("stoker.conf");
    Files.writeString(
        file,
        """
        pyroscope.scrape.s {
          targets = [ { "__address__" = "127.0.0.1:9", service_name = "shop" } ]
          scrape_interval = 1s
          profiling_config.profile.process_cpu.enabled = false
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.write.w { endpoint { url = "http://127.0.0.1:9" } }
        pyroscope.receive_http.r {
          http { listen_address = "127.0.0.1", listen_port = 0 }
          forward_to = [ pyroscope.write.w.receiver ]
        }
        otlp.write.o { endpoint { url = "http://127.0.0.1:9", name = otlp } }
        stoker { http.listen = "127.0.0.1:PORT", storage.path = "FOLDER" }
        """
            .replace("PORT", "" + admin)
            .replace("FOLDER", folder.toString()));
    LoadResult result = ConfigLoader.load(file);
    assertThat(result).as(String.valueOf(result)).isInstanceOf(LoadResult.Loaded.class);
    vertx
        .deployVerticle(new Collector(((LoadResult.Loaded) result).config()))
        .await(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(40, TimeUnit.SECONDS);
  }

  @Test
  void everyExpression_namesMetricsAndLabelsThatAreExported() throws Exception {
    List<String> expressions = new ArrayList<>();
    for (String line : Files.readAllLines(ROOT.resolve("deploy/alerts.yaml"))) {
      if (line.strip().startsWith("expr: ")) {
        expressions.add(line.strip().substring("expr: ".length()));
      }
    }
    assertThat(expressions).hasSizeGreaterThanOrEqualTo(6);
    int alerts = expressions.size();
    expressions(
        new JsonObject(Files.readString(ROOT.resolve("deploy/grafana-dashboard.json"))),
        expressions);
    assertThat(expressions.size() - alerts).isGreaterThan(20);
    Awaitility.await()
        .untilAsserted(
            () -> {
              Map<String, Set<String>> exported = exported();
              for (String expression : expressions) {
                check(expression, exported);
              }
            });
  }

  private static void check(String expression, Map<String, Set<String>> exported) {
    Matcher metrics = METRIC.matcher(expression);
    Set<String> known = new TreeSet<>(ADDED);
    while (metrics.find()) {
      Set<String> labels = exported.get(metrics.group(1));
      assertThat(labels).as("%s exports %s", expression, metrics.group(1)).isNotNull();
      known.addAll(labels);
      if (metrics.group(2) != null) {
        Set<String> selectable = new TreeSet<>(labels);
        selectable.addAll(ADDED);
        Matcher matchers = MATCHER.matcher(metrics.group(2));
        while (matchers.find()) {
          assertThat(selectable).as(expression).contains(matchers.group(1));
        }
      }
    }
    Matcher by = BY.matcher(expression);
    while (by.find()) {
      assertThat(known).as(expression).contains(by.group(1).split(",\\s*"));
    }
  }

  /** Name of each series to the names of its labels. */
  private Map<String, Set<String>> exported() throws Exception {
    String metrics =
        client
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + admin + "/metrics"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Map<String, Set<String>> names = new HashMap<>();
    for (String line : metrics.split("\n")) {
      if (!line.startsWith("#")) {
        Matcher series = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? ").matcher(line);
        assertThat(series.lookingAt()).as(line).isTrue();
        Set<String> labels = names.computeIfAbsent(series.group(1), name -> new TreeSet<>());
        if (series.group(2) != null) {
          Matcher label = Pattern.compile("([a-z_]+)=\"").matcher(series.group(2));
          while (label.find()) {
            labels.add(label.group(1));
          }
        }
      }
    }
    return names;
  }

  private static void expressions(Object json, List<String> into) {
    if (json instanceof JsonObject object) {
      object.forEach(
          entry -> {
            if (entry.getKey().equals("expr")) {
              into.add((String) entry.getValue());
            } else {
              expressions(entry.getValue(), into);
            }
          });
    } else if (json instanceof JsonArray array) {
      array.forEach(element -> expressions(element, into));
    }
  }
}
