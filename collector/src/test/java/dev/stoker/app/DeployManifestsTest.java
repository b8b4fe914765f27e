package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.receive.pyroscope.ReceiveConfig;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * The manifests are what the API knows, fit together, and fit the daemon. A real API server takes
 * them in the end-to-end tests.
 */
class DeployManifestsTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final Path DEPLOY = ROOT.resolve("deploy");
  private static final String NAME = "app.kubernetes.io/name";
  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "Namespace", Namespace.class,
          "ServiceAccount", ServiceAccount.class,
          "ConfigMap", ConfigMap.class,
          "Service", Service.class,
          "ClusterRole", ClusterRole.class,
          "ClusterRoleBinding", ClusterRoleBinding.class,
          "DaemonSet", DaemonSet.class,
          "Deployment", Deployment.class,
          "NetworkPolicy", NetworkPolicy.class);

  /** Kinds that the model has not, and files that are none of Kubernetes'. */
  private static final List<String> OTHERS =
      List.of(
          "PodMonitor",
          "Kustomization",
          "Component",
          "alerts.yaml",
          "compose/docker-compose.yaml",
          "compose/docker-compose.push.yaml",
          "compose/grafana/datasources.yaml");

  /** The model takes any field and keeps those that it does not know aside; this one does not. */
  private static final ObjectMapper STRICT =
      new ObjectMapper()
          .setAnnotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              });

  @TempDir Path folder;

  @Test
  void everyObject_hasOnlyFieldsThatTheApiKnows() throws IOException {
    int objects = 0;
    for (Path file : files()) {
      for (JsonObject text : documents(file)) {
        Class<? extends HasMetadata> kind = KINDS.get(text.getString("kind", ""));
        if (kind != null) {
          objects++;
          assertThat(unknown(text, kind)).as("%s: %s", file, text.getString("kind")).isEmpty();
        }
      }
    }
    assertThat(objects).isGreaterThan(15);
    assertThat(unknown(new JsonObject("{\"spec\":{\"selectors\":{}}}"), Service.class))
        .contains("selectors");
  }

  /** Whatever is added to the folder is read here or by another test. */
  @Test
  void everyFile_isOfAKindThatIsChecked() throws IOException {
    for (Path file : files()) {
      for (JsonObject text : documents(file)) {
        String kind = text.getString("kind", DEPLOY.relativize(file).toString());
        if (!KINDS.containsKey(kind)) {
          assertThat(kind).as(file.toString()).isIn(OTHERS);
        }
      }
    }
  }

  /** Those that are commented out too. */
  @Test
  void kustomization_namesFilesThatExist() throws IOException {
    Matcher named =
        Pattern.compile("^[# ]+ - (\\S+)$", Pattern.MULTILINE)
            .matcher(Files.readString(DEPLOY.resolve("kustomization.yaml")));
    List<String> names = named.results().map(found -> found.group(1)).toList();

    assertThat(names)
        .contains("daemonset.yaml", "networkpolicy.yaml", "podmonitor.yaml", "hostpath", "receive")
        .allSatisfy(name -> assertThat(DEPLOY.resolve(name)).exists());
  }

  @ParameterizedTest
  @ValueSource(strings = {"daemonset.yaml", "deployment.yaml"})
  void stoker_isWhatItsServiceAndConfigSay(String manifest) throws IOException {
    PodTemplateSpec pod = stoker(manifest);
    Container stoker = pod.getSpec().getContainers().get(0);
    ContainerPort port = stoker.getPorts().get(0);
    Service service = find(manifest, Service.class);
    ConfigMap config = find(manifest, ConfigMap.class);

    assertThat(pod.getMetadata().getLabels())
        .containsAllEntriesOf(service.getSpec().getSelector())
        .containsEntry(NAME, "stoker");
    assertThat(service.getMetadata().getLabels()).containsEntry(NAME, "stoker");
    assertThat(service.getSpec().getPorts()).hasSize(1);
    assertThat(service.getSpec().getPorts().get(0).getTargetPort().getStrVal())
        .isEqualTo(port.getName());
    assertThat(service.getSpec().getPorts().get(0).getPort()).isEqualTo(port.getContainerPort());
    assertThat(stoker.getArgs()).contains("--listen", "0.0.0.0:" + port.getContainerPort());
    for (Probe probe : List.of(stoker.getReadinessProbe(), stoker.getLivenessProbe())) {
      assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo(port.getName());
    }
    assertThat(config.getData()).hasSize(1);
    Path file =
        Files.writeString(folder.resolve("stoker.conf"), config.getData().get("stoker.conf"));
    LoadResult loaded = ConfigLoader.load(file, Map.of("NODE_NAME", "n1"));
    assertThat(loaded).as(String.valueOf(loaded)).isInstanceOf(LoadResult.Loaded.class);
    assertThat(((LoadResult.Loaded) loaded).warnings()).isEmpty();
    assertThat(config.getData().get("stoker.conf"))
        .contains("stoker.storage.path = \"" + storage(stoker) + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"daemonset.yaml", "deployment.yaml"})
  void stoker_runsOnLinux_withinItsStorage(String manifest) throws IOException {
    PodTemplateSpec pod = stoker(manifest);
    Container stoker = pod.getSpec().getContainers().get(0);
    Volume storage =
        pod.getSpec().getVolumes().stream()
            .filter(volume -> volume.getName().equals("storage"))
            .findFirst()
            .orElseThrow();
    BigDecimal asked = bytes(ephemeral(stoker.getResources().getRequests()));
    BigDecimal most = bytes(ephemeral(stoker.getResources().getLimits()));

    assertThat(pod.getSpec().getNodeSelector()).containsEntry("kubernetes.io/os", "linux");
    assertThat(asked).isPositive().isLessThan(most);
    assertThat(most).isGreaterThan(bytes(storage.getEmptyDir().getSizeLimit()));
    assertThat(Files.readString(DEPLOY.resolve(manifest))).contains("# priorityClassName: ");
  }

  @Test
  void daemonSet_isReplacedBitByBit_andTheDeploymentNotTwiceAtOnce() throws IOException {
    DaemonSet daemons = find("daemonset.yaml", DaemonSet.class);
    assertThat(daemons.getSpec().getUpdateStrategy().getType()).isEqualTo("RollingUpdate");
    assertThat(
            daemons
                .getSpec()
                .getUpdateStrategy()
                .getRollingUpdate()
                .getMaxUnavailable()
                .getStrVal())
        .isEqualTo("10%");
    assertThat(find("daemonset.yaml", Service.class).getSpec().getClusterIP()).isEqualTo("None");
    assertThat(find("deployment.yaml", Deployment.class).getSpec().getStrategy().getType())
        .isEqualTo("Recreate");
  }

  /** The model has no PodMonitor: field by field. */
  @ParameterizedTest
  @ValueSource(strings = {"daemonset.yaml", "deployment.yaml"})
  void podMonitor_findsThePods_asTheJobOfTheAlerts(String manifest) throws IOException {
    JsonObject monitor = documents(DEPLOY.resolve("podmonitor.yaml")).get(0);
    JsonObject spec = monitor.getJsonObject("spec");
    JsonObject endpoint = spec.getJsonArray("podMetricsEndpoints").getJsonObject(0);
    PodTemplateSpec pod = stoker(manifest);
    Map<String, String> labels = pod.getMetadata().getLabels();
    Matcher job =
        Pattern.compile("up\\{job=~\"([^\"]+)\"}")
            .matcher(Files.readString(DEPLOY.resolve("alerts.yaml")));

    assertThat(monitor.fieldNames())
        .containsExactlyInAnyOrder("apiVersion", "kind", "metadata", "spec");
    assertThat(monitor.getString("apiVersion")).isEqualTo("monitoring.coreos.com/v1");
    assertThat(spec.fieldNames())
        .containsExactlyInAnyOrder("jobLabel", "selector", "podMetricsEndpoints");
    spec.getJsonObject("selector")
        .getJsonObject("matchLabels")
        .forEach(
            label -> assertThat(labels).containsEntry(label.getKey(), (String) label.getValue()));
    assertThat(labels.get(spec.getString("jobLabel"))).isEqualTo("stoker");
    assertThat(job.find()).isTrue();
    assertThat("stoker").matches(job.group(1));
    assertThat(endpoint.fieldNames()).containsExactlyInAnyOrder("port", "path", "interval");
    assertThat(pod.getSpec().getContainers().get(0).getPorts())
        .extracting(ContainerPort::getName)
        .contains(endpoint.getString("port"));
    assertThat(endpoint.getString("path")).isEqualTo("/metrics");
  }

  @Test
  void networkPolicy_isOfStokersPodsAndPort() throws IOException {
    NetworkPolicy policy = find("networkpolicy.yaml", NetworkPolicy.class);
    PodTemplateSpec pod = stoker("daemonset.yaml");

    assertThat(policy.getMetadata().getNamespace()).isEqualTo("stoker");
    assertThat(pod.getMetadata().getLabels())
        .containsAllEntriesOf(policy.getSpec().getPodSelector().getMatchLabels());
    assertThat(policy.getSpec().getPolicyTypes()).containsExactly("Ingress");
    assertThat(policy.getSpec().getIngress().get(0).getPorts().get(0).getPort().getStrVal())
        .isEqualTo(pod.getSpec().getContainers().get(0).getPorts().get(0).getName());
  }

  @Test
  void receive_opensOnePort_forItsServiceAndPolicy() throws IOException {
    JsonArray patches =
        documents(DEPLOY.resolve("receive/kustomization.yaml")).get(0).getJsonArray("patches");
    assertThat(unknown(patch(patches, 0), ConfigMap.class)).isEmpty();
    assertThat(unknown(patch(patches, 1), DaemonSet.class)).isEmpty();
    ConfigMap added = patch(patches, 0).mapTo(ConfigMap.class);
    ConfigMap config = find("daemonset.yaml", ConfigMap.class);
    DaemonSet plain = find("daemonset.yaml", DaemonSet.class);
    DaemonSet patched = patch(patches, 1).mapTo(DaemonSet.class);
    Container stoker = plain.getSpec().getTemplate().getSpec().getContainers().get(0);
    Container container = patched.getSpec().getTemplate().getSpec().getContainers().get(0);
    ContainerPort port = container.getPorts().get(0);

    assertThat(added.getMetadata().getName()).isEqualTo(config.getMetadata().getName());
    assertThat(patched.getMetadata().getName()).isEqualTo(plain.getMetadata().getName());
    assertThat(container.getName()).isEqualTo(stoker.getName());
    Files.writeString(folder.resolve("stoker.conf"), config.getData().get("stoker.conf"));
    assertThat(added.getData()).containsOnlyKeys("receive.conf");
    Files.writeString(folder.resolve("receive.conf"), added.getData().get("receive.conf"));
    LoadResult loaded = ConfigLoader.load(folder, Map.of("NODE_NAME", "n1"));
    assertThat(loaded).as(String.valueOf(loaded)).isInstanceOf(LoadResult.Loaded.class);
    assertThat(((LoadResult.Loaded) loaded).config().all(ReceiveConfig.class))
        .singleElement()
        .satisfies(
            one ->
                assertThat(one.listen().shown()).isEqualTo("0.0.0.0:" + port.getContainerPort()));

    Service service = find("receive/service.yaml", Service.class);
    NetworkPolicy policy = find("receive/networkpolicy.yaml", NetworkPolicy.class);
    Map<String, String> labels = plain.getSpec().getTemplate().getMetadata().getLabels();
    assertThat(labels)
        .containsAllEntriesOf(service.getSpec().getSelector())
        .containsAllEntriesOf(policy.getSpec().getPodSelector().getMatchLabels());
    assertThat(service.getSpec().getPorts().get(0).getPort()).isEqualTo(port.getContainerPort());
    assertThat(service.getSpec().getPorts().get(0).getTargetPort().getStrVal())
        .isEqualTo(policy.getSpec().getIngress().get(0).getPorts().get(0).getPort().getStrVal())
        .isEqualTo(port.getName());
    assertThat(service.getMetadata().getNamespace())
        .isEqualTo(policy.getMetadata().getNamespace())
        .isEqualTo("stoker");
    assertThat(Files.readString(ROOT.resolve("docs/kubernetes.md")))
        .contains(
            "http://" + service.getMetadata().getName() + ".stoker:" + port.getContainerPort());
  }

  @ParameterizedTest
  @ValueSource(strings = {"stoker", "stoker-push"})
  void configsOfCompose_load(String configs) {
    LoadResult loaded = ConfigLoader.load(DEPLOY.resolve("compose").resolve(configs), Map.of());

    assertThat(loaded).as(String.valueOf(loaded)).isInstanceOf(LoadResult.Loaded.class);
    assertThat(((LoadResult.Loaded) loaded).config().all(ReceiveConfig.class))
        .hasSize(configs.endsWith("push") ? 1 : 0);
  }

  /** What the level restricted asks for; only hostpath has a container that runs as root. */
  @ParameterizedTest
  @ValueSource(strings = {"daemonset.yaml", "deployment.yaml", "jvm/deployment.yaml"})
  void pods_passTheLevelRestricted(String manifest) throws IOException {
    PodTemplateSpec pod = stoker(manifest);
    assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isPositive();
    assertThat(pod.getSpec().getSecurityContext().getSeccompProfile().getType())
        .isEqualTo("RuntimeDefault");
    assertThat(pod.getSpec().getVolumes()).allMatch(volume -> volume.getHostPath() == null);
    Stream.concat(
            pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
        .map(Container::getSecurityContext)
        .forEach(
            security -> {
              assertThat(security.getAllowPrivilegeEscalation()).isFalse();
              assertThat(security.getCapabilities().getDrop()).containsExactly("ALL");
              assertThat(security.getCapabilities().getAdd()).isNullOrEmpty();
              assertThat(security.getRunAsUser()).isNull();
            });
    assertThat(pod.getSpec().getNodeSelector()).containsEntry("kubernetes.io/os", "linux");
  }

  @Test
  void hostpath_givesTheFolderToStokersUser_inANamespaceThatAllowsIt() throws IOException {
    JsonObject component = documents(DEPLOY.resolve("hostpath/kustomization.yaml")).get(0);
    JsonArray patches = component.getJsonArray("patches");
    JsonObject namespace = patch(patches, 0);
    JsonObject daemons = patch(patches, 1);
    assertThat(unknown(namespace, Namespace.class)).isEmpty();
    assertThat(
            namespace
                .getJsonObject("metadata")
                .getJsonObject("labels")
                .getString("pod-security.kubernetes.io/enforce"))
        .isEqualTo("privileged");

    assertThat(unknown(daemons, DaemonSet.class)).isEmpty();
    DaemonSet patched = daemons.mapTo(DaemonSet.class);
    DaemonSet plain = find("daemonset.yaml", DaemonSet.class);
    PodTemplateSpec pod = plain.getSpec().getTemplate();
    Container stoker = pod.getSpec().getContainers().get(0);
    Container init = patched.getSpec().getTemplate().getSpec().getInitContainers().get(0);
    assertThat(patched.getMetadata().getName()).isEqualTo(plain.getMetadata().getName());
    assertThat(init.getImage()).isEqualTo(stoker.getImage());
    assertThat(init.getCommand())
        .containsExactly(
            "chown",
            pod.getSpec().getSecurityContext().getRunAsUser()
                + ":"
                + pod.getSpec().getSecurityContext().getRunAsGroup(),
            storage(stoker));
    assertThat(storage(init)).isEqualTo(storage(stoker));
    assertThat(init.getSecurityContext().getRunAsUser()).isZero();
    assertThat(init.getSecurityContext().getRunAsNonRoot()).isFalse();
    assertThat(init.getSecurityContext().getCapabilities().getAdd()).containsExactly("CHOWN");
    assertThat(
            patched.getSpec().getTemplate().getSpec().getVolumes().get(0).getHostPath().getPath())
        .isEqualTo("/var/lib/stoker");
  }

  @Test
  void guide_linksToFilesThatExist_andItsBlocksAreYaml() throws IOException {
    String guide = Files.readString(ROOT.resolve("docs/kubernetes.md"));
    Pattern.compile("\\]\\((?!http)([^)#]+)")
        .matcher(guide)
        .results()
        .forEach(link -> assertThat(ROOT.resolve("docs").resolve(link.group(1))).exists());
    for (Path file : files()) {
      String name = DEPLOY.relativize(file).toString();
      if (!name.startsWith("compose/")) {
        assertThat(guide).contains("deploy/" + name);
      }
    }
    List<Object> blocks =
        Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(guide)
            .results()
            .<Object>map(block -> new Yaml().load(block.group(1)))
            .toList();
    assertThat(blocks).hasSize(2);
    assertThat(blocks.get(0).toString()).contains("job_name=stoker", "regex=stoker;http");
  }

  private static JsonObject patch(JsonArray patches, int index) {
    Map<String, Object> text = new Yaml().load(patches.getJsonObject(index).getString("patch"));
    return new JsonObject(text);
  }

  private static PodTemplateSpec stoker(String manifest) throws IOException {
    return manifest.equals("daemonset.yaml")
        ? find(manifest, DaemonSet.class).getSpec().getTemplate()
        : find(manifest, Deployment.class).getSpec().getTemplate();
  }

  private static String storage(Container container) {
    return container.getVolumeMounts().stream()
        .filter(mount -> mount.getName().equals("storage"))
        .findFirst()
        .orElseThrow()
        .getMountPath();
  }

  private static Quantity ephemeral(Map<String, Quantity> resources) {
    return Objects.requireNonNull(resources.get("ephemeral-storage"));
  }

  private static BigDecimal bytes(Quantity quantity) {
    return Quantity.getAmountInBytes(quantity);
  }

  private static <T extends HasMetadata> T find(String manifest, Class<T> kind) throws IOException {
    return documents(DEPLOY.resolve(manifest)).stream()
        .filter(text -> kind.getSimpleName().equals(text.getString("kind")))
        .findFirst()
        .orElseThrow()
        .mapTo(kind);
  }

  /** What the model has no field for; "" = nothing. */
  private static String unknown(JsonObject text, Class<? extends HasMetadata> kind) {
    try {
      STRICT.convertValue(text.getMap(), kind);
      return "";
    } catch (IllegalArgumentException unknown) {
      return String.valueOf(unknown.getMessage());
    }
  }

  /** Without the Helm chart, which is no YAML before it is rendered: e2e/helm_test.go. */
  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      List<Path> found =
          files
              .filter(file -> !file.startsWith(DEPLOY.resolve("helm")))
              .filter(file -> file.toString().matches(".*\\.ya?ml"))
              .sorted()
              .toList();
      assertThat(found).hasSizeGreaterThan(8);
      return found;
    }
  }

  private static List<JsonObject> documents(Path file) throws IOException {
    List<JsonObject> documents = new ArrayList<>();
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    for (Object document : new Yaml(options).loadAll(Files.readString(file))) {
      @SuppressWarnings("unchecked")
      Map<String, Object> fields = (Map<String, Object>) document;
      documents.add(new JsonObject(fields));
    }
    return documents;
  }
}
