package dev.stoker.discovery.annotations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetTransform;
import dev.stoker.discovery.TargetTransform.Result;
import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnnotationsTransformTest {
  private static final String GRAFANA = "profiles_grafana_com_";

  @Test
  void annotatedTypes_becomeOneTarget_withTheUsualLabels() {
    Result result =
        apply(
            pod("app:http:8080")
                .annotate(GRAFANA + "cpu_scrape", "true")
                .annotate(GRAFANA + "memory_scrape", "true"));

    assertThat(result.dropped()).isEmpty();
    assertThat(result.targets()).hasSize(1);
    assertThat(plain(result.targets().get(0)))
        .isEqualTo(
            Map.of(
                "__address__", "10.0.0.7:8080",
                "__profile_types__", "memory,process_cpu",
                "namespace", "shop",
                "pod", "cart-1",
                "container", "app",
                "node", "n1",
                "service_name", "shop/app"));
  }

  @Test
  void undeclaredPort_isTaken() {
    Result result =
        apply(
            pod("app:http:8080", "proxy:admin:15000")
                .annotate(GRAFANA + "memory_scrape", "true")
                .annotate(GRAFANA + "memory_port", "6060"));

    assertThat(addresses(result)).containsExactly("10.0.0.7:6060");
    assertThat(result.dropped()).hasSize(1);
    assertThat(result.dropped().get(0).detail())
        .isEqualTo("container proxy, port 15000: the pod's annotations do not point to it");
  }

  @Test
  void undeclaredPort_ofANamedContainer() {
    Result result =
        apply(
            pod("app:http:8080", "worker::")
                .annotate(GRAFANA + "memory_scrape", "true")
                .annotate(GRAFANA + "memory_port", "6060")
                .annotate(GRAFANA + "memory_container", "worker"));

    assertThat(result.targets().get(0).get("container")).isEqualTo("worker");
    assertThat(addresses(result)).containsExactly("10.0.0.7:6060");
  }

  /** As both published configs have it: the name chooses the container, the number the address. */
  @Test
  void port_wins_overPortName() {
    Result result =
        apply(
            pod("app:http:8080", "app:pprof:6060")
                .annotate(GRAFANA + "memory_scrape", "true")
                .annotate(GRAFANA + "memory_port", "1")
                .annotate(GRAFANA + "memory_port_name", "pprof"));

    assertThat(addresses(result)).containsExactly("10.0.0.7:1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port_name | nope | no container port is named \"nope\"",
        "port | 70000 | \"70000\" is no port",
        "port | http | \"http\" is no port",
        "container | nope | the pod has no running container \"nope\"",
        "other | x | the pod declares several TCP ports: app:http=8080, proxy:admin=15000",
      })
  void whatCannotBeAnswered_saysWhatToSet(String key, String value, String message) {
    Result result =
        apply(
            pod("app:http:8080", "proxy:admin:15000")
                .annotate(GRAFANA + "memory_scrape", "true")
                .annotate(GRAFANA + "memory_" + key, value));

    assertThat(result.targets()).isEmpty();
    assertThat(result.dropped()).hasSize(2);
    assertThat(result.dropped().get(0).detail()).contains(message);
  }

  @Test
  void noDeclaredPort_saysWhatToSet() {
    Result result = apply(pod("app::").annotate(GRAFANA + "cpu_scrape", "true"));

    assertThat(result.dropped().get(0).detail())
        .isEqualTo(
            "the pod declares no TCP port; set the annotation profiles.grafana.com/cpu.port or"
                + " profiles.grafana.com/cpu.port_name");
  }

  @Test
  void typesOfTheirOwnPathOrScheme_areTargetsOfTheirOwn() {
    Result result =
        apply(
            pod("app:http:8080")
                .annotate(GRAFANA + "cpu_scrape", "true")
                .annotate(GRAFANA + "cpu_path", "/prof/cpu")
                .annotate(GRAFANA + "cpu_scheme", "https")
                .annotate(GRAFANA + "memory_scrape", "true")
                .annotate(GRAFANA + "memory_scheme", "gopher"));

    assertThat(result.targets())
        .extracting(
            t -> t.get("__profile_types__"),
            t -> t.get("__profile_path__"),
            t -> t.get("__scheme__"))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("process_cpu", "/prof/cpu", "https"),
            org.assertj.core.groups.Tuple.tuple("memory", "", ""));
  }

  @Test
  void initContainers_areNotScraped_butForSidecars() {
    Result result =
        apply(
            pod("app:http:8080")
                .init("setup:web:9000", false)
                .init("mesh:pprof:6060", true)
                .annotate(GRAFANA + "memory_scrape", "true")
                .annotate(GRAFANA + "memory_port_name", "pprof")
                .annotate(GRAFANA + "cpu_scrape", "true")
                .annotate(GRAFANA + "cpu_port_name", "web"));

    assertThat(addresses(result)).containsExactly("10.0.0.7:6060");
    assertThat(result.dropped())
        .extracting(TargetTransform.Drop::detail)
        .anyMatch(detail -> detail.contains("no container port is named \"web\""))
        .anyMatch(detail -> detail.equals("container setup is an init container"));
  }

  @ParameterizedTest
  @CsvSource({"Pending", "Succeeded", "Failed", "Completed"})
  void podsThatDoNotRun_areDropped(String phase) {
    Result result =
        apply(pod("app:http:8080").phase(phase).annotate(GRAFANA + "memory_scrape", "true"));

    assertThat(result.targets()).isEmpty();
    assertThat(result.dropped().get(0).detail()).isEqualTo("the pod's phase is " + phase);
  }

  @Test
  void unannotatedPod_saysWhatToSet() {
    Result result = apply(pod("app:http:8080", "b:x:1"));

    assertThat(result.targets()).isEmpty();
    assertThat(result.dropped())
        .hasSize(2)
        .allSatisfy(
            drop ->
                assertThat(drop.detail())
                    .contains("profiles.grafana.com/memory.scrape", "pyroscope.io/scrape"));
  }

  @Test
  void onlyTrue_isYes() {
    assertThat(apply(pod("app:http:8080").annotate(GRAFANA + "memory_scrape", "True")).targets())
        .isEmpty();
  }

  @Test
  void ipv6_isBracketed() {
    Result result =
        apply(pod("app:http:8080").ip("fd00::7").annotate(GRAFANA + "memory_scrape", "true"));

    assertThat(addresses(result)).containsExactly("[fd00::7]:8080");
  }

  @Test
  void serviceName_isTheFirstThatIsSet() {
    TestPod pod =
        pod("app:http:8080")
            .annotate(GRAFANA + "memory_scrape", "true")
            .annotate("pyroscope_io_service_name", "third");
    assertThat(apply(pod).targets().get(0).get("service_name")).isEqualTo("third");
    pod.annotate("resource_opentelemetry_io_service_name", "second");
    assertThat(apply(pod).targets().get(0).get("service_name")).isEqualTo("second");
    pod.annotate(GRAFANA + "service_name", "first");
    assertThat(apply(pod).targets().get(0).get("service_name")).isEqualTo("first");
  }

  @Test
  void onlyNamedPodLabels_arePassedOn() {
    TestPod pod =
        pod("app:http:8080")
            .annotate(GRAFANA + "memory_scrape", "true")
            .annotate(GRAFANA + "service_git_ref", "v1")
            .label("app_kubernetes_io_name", "cart")
            .label("team", "a");
    Labels target =
        new AnnotationsTransform(config(List.of("app.kubernetes.io/name", "missing")))
            .apply(pod.targets())
            .targets()
            .get(0);

    assertThat(plain(target))
        .containsEntry("app_kubernetes_io_name", "cart")
        .containsEntry("service_git_ref", "v1")
        .doesNotContainKeys("team", "missing");
  }

  /** A label that begins with a digit would make the whole target invalid. */
  @Test
  void allPodLabels_arePassedOn_butForWhatIsNoLabel() {
    TestPod pod =
        pod("app:http:8080")
            .annotate(GRAFANA + "memory_scrape", "true")
            .label("app_kubernetes_io_name", "cart")
            .label("team", "a")
            .label("3scale_net_id", "7")
            .label("pod", "of-a-label")
            .label("service_name", "of-a-label");
    Result result = new AnnotationsTransform(config(List.of("*"))).apply(pod.targets());

    assertThat(plain(result.targets().get(0)))
        .isEqualTo(
            Map.of(
                "__address__", "10.0.0.7:8080",
                "__profile_types__", "memory",
                "app_kubernetes_io_name", "cart",
                "team", "a",
                "namespace", "shop",
                "pod", "cart-1",
                "container", "app",
                "node", "n1",
                "service_name", "shop/app"));
    assertThat(result.dropped())
        .containsExactly(
            TargetTransform.Drop.inPart(
                pod.targets().get(0),
                DroppedTarget.Reason.RELABEL,
                "the pod label 3scale_net_id is left out: no label begins with a digit"));
  }

  @Test
  void namedPodLabels_takeThePlaceOfAll_whateverTheNaming() {
    TestPod pod =
        pod("app:http:8080")
            .annotate(GRAFANA + "memory_scrape", "true")
            .label("team", "a")
            .label("job", "j");
    AnnotationsConfig config =
        new AnnotationsConfig(
            "discovery.annotations.a",
            List.of(),
            List.of(Family.values()),
            Naming.CHART,
            List.of("team"));

    assertThat(plain(new AnnotationsTransform(config).apply(pod.targets()).targets().get(0)))
        .containsEntry("team", "a")
        .doesNotContainKeys("job", "node");
  }

  @Test
  void podWithoutAnAddress_saysSo() {
    Result result = apply(pod("app:http:8080").ip("").annotate(GRAFANA + "memory_scrape", "true"));

    assertThat(result.targets()).isEmpty();
    assertThat(result.dropped().get(0).detail()).isEqualTo("the pod has no IP address yet");
  }

  @Test
  void annotationsOfAnotherFamily_areNotCalledNone() {
    AnnotationsConfig config =
        new AnnotationsConfig(
            "discovery.annotations.a",
            List.of(),
            List.of(Family.PYROSCOPE),
            Naming.CONTAINER,
            List.of());
    TestPod pod = pod("app:http:8080").annotate(GRAFANA + "memory_scrape", "true");

    assertThat(new AnnotationsTransform(config).apply(pod.targets()).dropped().get(0).detail())
        .isEqualTo(
            "the pod asks for profiles by annotations of profiles.grafana.com, which is not among"
                + " this component's families");
  }

  @Test
  void whatIsNoPod_saysSo() {
    Result result =
        new AnnotationsTransform(config(List.of())).apply(List.of(Labels.of("__address__", "a:1")));

    assertThat(result.dropped().get(0).detail()).contains("no label __meta_kubernetes_pod_name");
  }

  /** An annotation may have 256 KiB, a pod hundreds of them; each target shows the message. */
  @Test
  void message_isShort_howeverLongTheAnnotations() {
    TestPod pod = pod("app:http:8080").annotate(GRAFANA + "memory_scrape", "x".repeat(200_000));
    for (int i = 0; i < 2_000; i++) {
      pod.annotate(GRAFANA + "y".repeat(300) + i + "_scrape", "true");
    }
    assertThat(apply(pod).dropped().get(0).detail()).hasSizeLessThan(10_000);
  }

  @Test
  void pyroscopeFamily_scrapesWhatTheComponentHasEnabled() {
    Result result =
        apply(
            pod("app:http:8080")
                .annotate("pyroscope_io_scrape", "true")
                .annotate("pyroscope_io_application_name", "cart")
                .annotate("pyroscope_io_port", "6060"));

    assertThat(addresses(result)).containsExactly("10.0.0.7:6060");
    assertThat(result.targets().get(0).get("__profile_types__")).isEmpty();
    assertThat(result.targets().get(0).get("service_name")).isEqualTo("cart");
  }

  @Test
  void pyroscopeFamily_namesProfilesTheOldWay() {
    Result enabled =
        apply(
            pod("app:http:8080")
                .annotate("pyroscope_io_scrape", "true")
                .annotate("pyroscope_io_profile_mem_enabled", "true")
                .annotate("pyroscope_io_profile_cpu_enabled", "true")
                .annotate("pyroscope_io_profile_cpu_path", "/cpu")
                .annotate("pyroscope_io_profile_cpu_param_rate", "100"));
    Result disabled =
        apply(
            pod("app:http:8080")
                .annotate("pyroscope_io_scrape", "true")
                .annotate("pyroscope_io_profile_goroutines_enabled", "false"));

    assertThat(enabled.targets())
        .extracting(
            t -> t.get("__profile_types__"),
            t -> t.get("__profile_path__"),
            t -> t.get("__param_rate"))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("memory", "", ""),
            org.assertj.core.groups.Tuple.tuple("process_cpu", "/cpu", "100"));
    assertThat(disabled.targets().get(0).get("__profile_types__"))
        .isEqualTo("block,memory,mutex,process_cpu");
  }

  @Test
  void bothFamilies_scrapeAProfileOnce() {
    Result result =
        apply(
            pod("app:http:8080")
                .annotate(GRAFANA + "memory_scrape", "true")
                .annotate("pyroscope_io_scrape", "true")
                .annotate("pyroscope_io_profile_mem_enabled", "true"));

    assertThat(result.targets()).hasSize(1);
    assertThat(result.targets().get(0).get("__profile_types__")).isEqualTo("memory");
  }

  private static AnnotationsConfig config(List<String> podLabels) {
    return new AnnotationsConfig(
        "discovery.annotations.a",
        List.of(),
        List.of(Family.values()),
        Naming.CONTAINER,
        podLabels);
  }

  private static Result apply(TestPod pod) {
    return new AnnotationsTransform(config(List.of())).apply(pod.targets());
  }

  private static List<String> addresses(Result result) {
    return result.targets().stream().map(t -> t.get("__address__")).toList();
  }

  private static Map<String, String> plain(Labels labels) {
    return labels.filter(name -> !name.startsWith("__meta_")).toMap();
  }

  private static TestPod pod(String... ports) {
    TestPod pod = new TestPod();
    for (String port : ports) {
      pod.container(port, "false", "");
    }
    return pod;
  }

  /** A pod as discovery.kubernetes gives it: container:port name:port number, once for each. */
  private static final class TestPod {
    private final Labels.Builder common =
        Labels.of(
            "__meta_kubernetes_namespace", "shop",
            "__meta_kubernetes_pod_name", "cart-1",
            "__meta_kubernetes_pod_uid", "u1",
            "__meta_kubernetes_pod_ip", "10.0.0.7",
            "__meta_kubernetes_pod_phase", "Running",
            "__meta_kubernetes_pod_node_name", "n1")
            .toBuilder();
    private final List<Labels> containers = new ArrayList<>();

    TestPod container(String text, String init, String sidecar) {
      String[] parts = text.split(":", -1);
      containers.add(
          Labels.of(
              "__meta_kubernetes_pod_container_name",
              parts[0],
              "__meta_kubernetes_pod_container_port_name",
              parts[1],
              "__meta_kubernetes_pod_container_port_number",
              parts[2],
              "__meta_kubernetes_pod_container_port_protocol",
              parts[2].isEmpty() ? "" : "TCP",
              "__meta_kubernetes_pod_container_init",
              init,
              "__stoker_kubernetes_sidecar__",
              sidecar));
      return this;
    }

    TestPod init(String text, boolean sidecar) {
      return container(text, "true", sidecar ? "true" : "");
    }

    TestPod annotate(String key, String value) {
      common.set("__meta_kubernetes_pod_annotation_" + key, value);
      return this;
    }

    TestPod label(String key, String value) {
      common.set("__meta_kubernetes_pod_label_" + key, value);
      return this;
    }

    TestPod phase(String phase) {
      common.set("__meta_kubernetes_pod_phase", phase);
      return this;
    }

    TestPod ip(String ip) {
      common.set("__meta_kubernetes_pod_ip", ip);
      return this;
    }

    List<Labels> targets() {
      return containers.stream().map(c -> common.build().toBuilder().setAll(c).build()).toList();
    }
  }
}
