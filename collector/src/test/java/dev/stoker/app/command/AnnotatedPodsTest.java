package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.TargetGraphBuilder;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.discovery.TargetNode;
import dev.stoker.discovery.kubernetes.KubernetesKind;
import dev.stoker.discovery.kubernetes.labels.Groups;
import dev.stoker.discovery.kubernetes.labels.MalformedObjects;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/**
 * Annotated pods, from the objects of the API to what is scraped: the table says what each gives,
 * and the rules of the two published configs of Alloy, run by discovery.relabel, give the same
 * where the table does not say otherwise.
 */
class AnnotatedPodsTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final Path TABLES =
      ROOT.resolve("discovery/src/test/resources/dev/stoker/discovery/annotations");
  private static final Path CHART =
      ROOT.resolve("collector/src/test/resources/dev/stoker/alloy/kubernetes-annotations.alloy");
  private static final List<String> TYPES =
      List.of("memory", "cpu", "goroutine", "block", "mutex", "fgprof");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"container", "chart", "k8s-monitoring"})
  void eachPod_givesWhatTheTableSays(String naming) throws IOException {
    for (JsonObject row : rows()) {
      Run run = run(ours(naming), row);

      assertThat(run.outputs()).as(row.encode()).isEqualTo(expected(row, naming));
      assertThat(run.reasons())
          .as(row.encode())
          .isEqualTo(row.getJsonArray("reasons", new JsonArray()).getList());
    }
  }

  /** The same URLs with the same labels: who comes from there keeps the same series. */
  @ParameterizedTest
  @ValueSource(strings = {"chart", "k8s-monitoring"})
  void eachPod_isScrapedAsByThePublishedConfig_orTheTableSaysHowNot(String naming)
      throws IOException {
    LoadedConfig published = naming.equals("chart") ? load(CHART) : k8sMonitoring();
    int same = 0;
    for (JsonObject row : rows()) {
      Set<String> theirs = run(published, row).scraped();
      Set<String> ours = run(ours(naming), row).scraped();
      JsonArray differs = row.getJsonObject("published", new JsonObject()).getJsonArray(naming);
      if (differs == null) {
        same++;
        assertThat(ours).as(row.encode()).isEqualTo(theirs);
      } else {
        assertThat(ours).as(row.encode()).isNotEqualTo(theirs);
        assertThat(theirs.stream().map(AnnotatedPodsTest::shortened).collect(Collectors.toSet()))
            .as(row.encode())
            .isEqualTo(differs.stream().map(Object::toString).collect(Collectors.toSet()));
      }
    }
    assertThat(same).isGreaterThan(30);
  }

  /** "TYPE URL LABELS" → "TYPE ADDRESS CONTAINER". */
  private static String shortened(String scraped) {
    return scraped.replaceAll(
        "(\\S+) \\w+://([^/]+)/\\S+ \\{.*\\bcontainer=\"?([^,}\"]+)\"?[,}].*", "$1 $2 $3");
  }

  private static List<JsonObject> rows() throws IOException {
    List<JsonObject> rows = new ArrayList<>();
    for (String file : List.of("pods.yaml", "more-pods.yaml")) {
      List<Map<String, Object>> table = new Yaml().load(Files.readString(TABLES.resolve(file)));
      int before = rows.size();
      for (Map<String, Object> row : table) {
        rows.add(new JsonObject(row).put("number", rows.size() + 1 - before));
      }
      assertThat(file.equals("pods.yaml") ? rows.size() : 41).isEqualTo(41);
    }
    return rows;
  }

  private static List<Map<String, String>> expected(JsonObject row, String naming) {
    List<Map<String, String>> targets = new ArrayList<>();
    for (Object each : row.getJsonArray("gives", new JsonArray())) {
      JsonObject gives = (JsonObject) each;
      Map<String, String> labels = new TreeMap<>();
      labels.put("__profile_types__", gives.getString("types"));
      labels.put("__address__", gives.getString("address"));
      labels.put("__scheme__", gives.getString("scheme", ""));
      labels.put("__profile_path__", gives.getString("path", ""));
      labels.put("namespace", "apps");
      labels.put("pod", row.getString("pod"));
      labels.put("container", gives.getString("container"));
      labels.put("service_name", gives.getJsonObject("service_name").getString(naming));
      if (naming.equals("container")) {
        labels.put("node", "n1");
      } else if (naming.equals("k8s-monitoring")) {
        labels.put("service_namespace", "apps");
        labels.put(
            "service_instance_id",
            "apps." + row.getString("pod") + "." + gives.getString("container"));
        labels.put("source", "alloy/pyroscope.pprof");
      }
      gives
          .getJsonObject("labels", new JsonObject())
          .getJsonObject(naming, new JsonObject())
          .forEach(label -> labels.put(label.getKey(), (String) label.getValue()));
      labels.values().removeIf(String::isEmpty);
      targets.add(labels);
    }
    return targets;
  }

  private LoadedConfig ours(String naming) throws IOException {
    return load(
        write(
            "ours.conf",
            """
            discovery.kubernetes.pods { role = pod }
            discovery.annotations.a { targets = [ discovery.kubernetes.pods.targets ], naming = "%s" }
            pyroscope.scrape.s {
              targets = [ discovery.annotations.a.output ], forward_to = [ pyroscope.write.w.receiver ]
            }
            pyroscope.write.w { endpoint { url = "http://p:1" } }
            """
                .formatted(naming)));
  }

  /**
   * What k8s-monitoring's feature for pprof does with a pod, in rules of our own, in a custom
   * component as there.
   */
  private LoadedConfig k8sMonitoring() throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            declare "profiling" {
            argument "profiles_destinations" {
              comment = "receivers"
            }
            discovery.kubernetes "pods" { role = "pod" }
            discovery.relabel "pods" {
              targets = discovery.kubernetes.pods.targets
              rule {
                source_labels = ["__meta_kubernetes_pod_phase"]
                regex         = "Pending|Succeeded|Failed|Completed"
                action        = "drop"
              }
              rule {
                regex  = "__meta_kubernetes_pod_label_(.+)"
                action = "labelmap"
              }
            """);
    rule(text, "namespace", "__meta_kubernetes_namespace");
    rule(text, "pod", "__meta_kubernetes_pod_name");
    rule(text, "container", "__meta_kubernetes_pod_container_name");
    rule(text, "__tmp_workload", "__meta_kubernetes_pod_controller_name");
    text.append(
        """
          rule {
            source_labels = ["__meta_kubernetes_pod_controller_kind", "__meta_kubernetes_pod_controller_name"]
            regex         = "ReplicaSet;(.+)-[^-]+"
            target_label  = "__tmp_workload"
          }
          rule {
            source_labels = ["__meta_kubernetes_pod_annotation_resource_opentelemetry_io_service_name",
              "__meta_kubernetes_pod_label_app_kubernetes_io_instance", "__meta_kubernetes_pod_label_app_kubernetes_io_name",
              "__tmp_workload", "pod", "container"]
            regex         = ";*([^;]+).*"
            target_label  = "service_name"
          }
          rule {
            source_labels = ["__meta_kubernetes_pod_annotation_resource_opentelemetry_io_service_namespace", "namespace"]
            regex         = ";*([^;]+).*"
            target_label  = "service_namespace"
          }
        """);
    rule(
        text,
        "service_instance_id",
        "__meta_kubernetes_pod_annotation_resource_opentelemetry_io_service_instance_id");
    text.append(
        """
          rule {
            source_labels = ["service_instance_id", "namespace", "pod", "container"]
            separator     = "."
            regex         = "[.]([^.]+[.][^.]+[.][^.]+)"
            target_label  = "service_instance_id"
          }
          rule {
            target_label = "source"
            replacement  = "alloy/pyroscope.pprof"
          }
        }
        """);
    for (String type : TYPES) {
      text.append(
          """
          discovery.relabel "TYPE" {
            targets = discovery.relabel.pods.output
            rule {
              source_labels = ["__meta_kubernetes_pod_annotation_profiles_grafana_com_TYPE_scrape"]
              regex         = "true"
              action        = "keep"
            }
          """
              .replace("TYPE", type));
      only(text, type, "container", "container");
      only(text, type, "port_name", "__meta_kubernetes_pod_container_port_name");
      text.append(
          """
            rule {
              source_labels = ["__meta_kubernetes_pod_annotation_profiles_grafana_com_TYPE_port", "__meta_kubernetes_pod_ip"]
              regex         = "([0-9]+);(([A-Fa-f0-9]{1,4}::?){1,7}[A-Fa-f0-9]{1,4})"
              replacement   = "[$2]:$1"
              target_label  = "__address__"
            }
            rule {
              source_labels = ["__meta_kubernetes_pod_annotation_profiles_grafana_com_TYPE_port", "__meta_kubernetes_pod_ip"]
              regex         = "([0-9]+);([0-9]+[.][0-9]+[.][0-9]+[.][0-9]+)"
              replacement   = "$2:$1"
              target_label  = "__address__"
            }
            rule {
              source_labels = ["__meta_kubernetes_pod_annotation_profiles_grafana_com_TYPE_scheme"]
              regex         = "(https?)"
              target_label  = "__scheme__"
            }
            rule {
              source_labels = ["__meta_kubernetes_pod_annotation_profiles_grafana_com_TYPE_path"]
              regex         = "(.+)"
              target_label  = "__profile_path__"
            }
          }
          pyroscope.scrape "TYPE" {
            targets    = discovery.relabel.TYPE.output
            forward_to = argument.profiles_destinations.value
            profiling_config {
          """
              .replace("TYPE", type));
      for (String other : TYPES) {
        text.append("profile.")
            .append(other.equals("cpu") ? "process_cpu" : other)
            .append(" { enabled = ")
            .append(other.equals(type))
            .append(" }\n");
      }
      text.append("  }\n}\n");
    }
    text.append(
        "}\nprofiling \"feature\" {\n  profiles_destinations = [pyroscope.write.w.receiver]\n}\n");
    text.append("pyroscope.write \"w\" {\n  endpoint { url = \"http://p:1\" }\n}\n");
    return load(write("k8s-monitoring.alloy", text.toString()));
  }

  private static void rule(StringBuilder text, String to, String from) {
    text.append("  rule {\n    source_labels = [\"")
        .append(from)
        .append("\"]\n    target_label = \"")
        .append(to)
        .append("\"\n  }\n");
  }

  /** Keeps what the annotation names; all of it without the annotation. */
  private static void only(StringBuilder text, String type, String key, String label) {
    rule(text, "__tmp", label);
    text.append("  rule {\n    source_labels = [\"")
        .append("__meta_kubernetes_pod_annotation_profiles_grafana_com_" + type + "_" + key)
        .append("\"]\n    regex = \"(.+)\"\n    target_label = \"__tmp\"\n  }\n")
        .append("  rule {\n    source_labels = [\"")
        .append(label)
        .append("\"]\n    target_label = \"__tmp\"\n    action = \"keepequal\"\n  }\n");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static LoadedConfig load(Path file) {
    LoadResult result = ConfigLoader.load(file, Map.of());
    assertThat(result).as(String.valueOf(result)).isInstanceOf(LoadResult.Loaded.class);
    return ((LoadResult.Loaded) result).config();
  }

  /**
   * @param outputs labels that discovery.annotations exports, but for those of discovery
   * @param reasons of what it drops
   * @param scraped "TYPE URL LABELS" of each target of each scrape component
   */
  private record Run(
      List<Map<String, String>> outputs, List<String> reasons, Set<String> scraped) {}

  private static Run run(LoadedConfig config, JsonObject row) {
    TargetGraph graph = new TargetGraph(new ManualTimers(0));
    TargetGraphBuilder.join(
        graph,
        config.components(),
        new NoDaemon(),
        component ->
            component.kind() instanceof KubernetesKind
                ? Optional.of(source(Groups.ofPod(pod(row), new MalformedObjects())))
                : Optional.empty());
    Run run = new Run(new ArrayList<>(), new ArrayList<>(), new TreeSet<>());
    for (ScrapeConfig scrape : config.all(ScrapeConfig.class)) {
      TargetFactory factory = new TargetFactory(scrape);
      graph.consume(
          scrape.component(),
          scrape.targets(),
          // Each by itself: Alloy tells targets apart by their labels too.
          list ->
              list.inStableOrder().stream()
                  .flatMap(labels -> factory.create(List.of(labels)).active().stream())
                  .forEach(target -> run.scraped().add(shown(target))));
    }
    graph.start();
    for (TargetNode node : graph.nodes()) {
      if (node.component().equals("discovery.annotations.a")) {
        node.targets().forEach(labels -> run.outputs().add(plain(labels)));
        node.dropped().forEach(dropped -> run.reasons().add(dropped.detail()));
      }
    }
    return run;
  }

  private static Map<String, String> plain(Labels labels) {
    return new TreeMap<>(
        labels
            .filter(name -> !name.startsWith("__meta_") && !name.startsWith("__stoker_"))
            .toMap());
  }

  private static String shown(Target target) {
    return target.type().key()
        + " "
        + target.url()
        + " "
        + target.labels().filter(name -> !name.startsWith("__"));
  }

  private static Discoverer source(TargetGroup group) {
    return new Discoverer() {
      @Override
      public void start(Listener listener) {
        listener.replace(List.of(group));
      }

      @Override
      public Future<Void> stop() {
        return Future.succeededFuture();
      }
    };
  }

  private static Pod pod(JsonObject row) {
    String[] owner = row.getString("owner", "").split("/", -1);
    PodBuilder pod =
        new PodBuilder()
            .withNewMetadata()
            .withNamespace("apps")
            .withName(row.getString("pod"))
            .withUid("uid-of-" + row.getString("pod"))
            .withLabels(texts(row.getJsonObject("labels")))
            .withAnnotations(texts(row.getJsonObject("annotations")))
            .withDeletionTimestamp(
                row.getBoolean("terminating", false) ? "2026-01-01T00:00:00Z" : null)
            .endMetadata()
            .withNewSpec()
            .withNodeName("n1")
            .withHostNetwork(row.getBoolean("hostNetwork", false))
            .withContainers(containers(row.getJsonObject("containers"), null))
            .withInitContainers(containers(row.getJsonObject("init"), null))
            .addAllToInitContainers(containers(row.getJsonObject("sidecars"), "Always"))
            .endSpec()
            .withNewStatus()
            .withPhase(row.getString("phase", "Running"))
            .withPodIP(row.getString("ip", "127.0.1." + row.getInteger("number")))
            .addNewCondition()
            .withType("Ready")
            .withStatus(row.getString("ready", "True"))
            .endCondition()
            .endStatus();
    return owner.length < 2
        ? pod.build()
        : pod.editMetadata()
            .addNewOwnerReference()
            .withController(true)
            .withKind(owner[0])
            .withName(owner[1])
            .endOwnerReference()
            .endMetadata()
            .build();
  }

  private static List<Container> containers(
      @Nullable JsonObject named, @Nullable String restartPolicy) {
    List<Container> containers = new ArrayList<>();
    if (named == null) {
      return containers;
    }
    for (String name : named.fieldNames()) {
      ContainerBuilder container =
          new ContainerBuilder().withName(name).withRestartPolicy(restartPolicy);
      for (Object each : named.getJsonArray(name)) {
        String[] port = each.toString().split("[=/]", -1);
        boolean isNamed = each.toString().contains("=");
        container.addToPorts(
            new ContainerPortBuilder()
                .withName(isNamed ? port[0] : null)
                .withContainerPort(Integer.valueOf(port[isNamed ? 1 : 0]))
                .withProtocol(each.toString().contains("/") ? port[port.length - 1] : "TCP")
                .build());
      }
      containers.add(container.build());
    }
    return containers;
  }

  private static Map<String, String> texts(@Nullable JsonObject object) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (object != null) {
      object.forEach(entry -> texts.put(entry.getKey(), (String) entry.getValue()));
    }
    return texts;
  }
}
