package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.Component;
import dev.stoker.component.DiscoveryKind;
import dev.stoker.component.TargetGraphBuilder;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.config.AlloyFile;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.http.client.Auth;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.server.Remote;
import dev.stoker.http.server.ServerConfig;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.write.http.WriteConfig;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configs as Alloy's users have them, converted and run as they are. */
class AlloyConfigsTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final Path CONFIGS = ROOT.resolve("collector/src/test/resources/dev/stoker/alloy");

  private static final Map<String, String> ENV =
      Map.of(
          "PYROSCOPE_URL", "http://p:4040",
          "PYROSCOPE_USER", "me",
          "PASSWORD", "secret",
          "TOKEN", "token",
          "SECRETS", "/secrets",
          "HOSTNAME", "n1");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "golang-pull",
        "kubernetes-annotations",
        "hosted-basic-auth",
        "relabel-rules",
        "docker",
        "tenants",
        "custom-components",
        "receive",
        "everything"
      })
  void converted_loads_andIsWhatTheOriginalLoadsAs(String name) throws IOException {
    Path alloy = CONFIGS.resolve(name + ".alloy");
    AlloyFile.Result result = AlloyFile.convert(alloy);
    assertThat(result.problems()).isEmpty();
    Path converted = Files.writeString(folder.resolve(name + ".conf"), hocon(result));

    // Components are in the order of their lines, which uses of one declare share.
    assertThat(configs(load(converted))).containsExactlyInAnyOrderElementsOf(configs(load(alloy)));
    assertThat(load(converted).daemon().logLevel()).isEqualTo(load(alloy).daemon().logLevel());
  }

  /** As Alloy's: unset and empty are the same, for a converted config too. */
  @ParameterizedTest
  @ValueSource(strings = {"", "unset"})
  void coalesceOfAnEmptyVariable_takesTheDefault(String value) throws IOException {
    String text =
        """
        pyroscope.scrape "s" {
          targets = [{"__address__" = coalesce(sys.env("ADDRESS"), "127.0.0.1:1"),
            "a" = string.format("%v %v %v %v", 7 / 2, 7.0 / 2, -7 / 2, 8 / 2), "b" = "\\xc3\\xa9\\303\\251\\u00ff",
            "c" = coalesce(sys.env("ONE"), sys.env("TWO"), "d")}]
          forward_to = [pyroscope.write.w.receiver]
        }
        pyroscope.write "w" {
          endpoint {
            url = coalesce(sys.env("URL"), "http://p:1")
            basic_auth {
              username = sys.env("USER_NAME")
              password = sys.env("PASS")
            }
          }
        }
        """;
    Map<String, String> env = new java.util.HashMap<>();
    if (value.isEmpty()) {
      List.of("ADDRESS", "ONE", "URL", "USER_NAME", "PASS").forEach(name -> env.put(name, ""));
    }
    env.put("TWO", "two");
    Path alloy = Files.writeString(folder.resolve("c.alloy"), text);
    Path converted = Files.writeString(folder.resolve("c.conf"), hocon(AlloyFile.convert(alloy)));

    for (Path file : List.of(alloy, converted)) {
      LoadResult result = ConfigLoader.load(file, env);
      assertThat(result).isInstanceOf(LoadResult.Loaded.class);
      LoadedConfig config = ((LoadResult.Loaded) result).config();
      assertThat(config.all(ScrapeConfig.class).get(0).toString())
          .contains("127.0.0.1:1", "a=\"3 3.5 -3 4\"", "b=\"ééÿ\"", "c=\"two\"");
      assertThat(config.all(WriteConfig.class).get(0).endpoints().get(0).url().toString())
          .contains("http://p:1");
      assertThat(((LoadResult.Loaded) result).warnings().toString()).contains("no login is sent");
    }
  }

  @Test
  void aRequiredVariableThatIsEmpty_isAnEmptyText() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("e.conf"),
            "pyroscope.scrape.s { targets = [ { \"__address__\" = \"a:1\", x = y${?E}${E}z } ],"
                + " forward_to = [pyroscope.write.w.receiver] }\n"
                + "pyroscope.write.w { endpoint { url = \"http://p:1\" } }\n");
    LoadResult result = ConfigLoader.load(file, Map.of("E", ""));
    assertThat(result).isInstanceOf(LoadResult.Loaded.class);
    assertThat(((LoadResult.Loaded) result).config().all(ScrapeConfig.class).get(0).toString())
        .contains("x=\"yz\"");
  }

  @Test
  void bytesThatAreNoText_areAnError() throws IOException {
    Path file = Files.writeString(folder.resolve("x.alloy"), "logging {\n  level = \"\\xff\"\n}\n");
    assertThat(AlloyFile.convert(file).problems())
        .anySatisfy(problem -> assertThat(problem.message()).contains("make no UTF-8 text"));
  }

  /** A running config follows the file; a converted one does not. */
  @Test
  void contentOfAFile_isFrozenInAConvertedConfigOnly() throws IOException {
    Path secret = Files.writeString(folder.resolve("tenant"), "t1");
    Path file =
        Files.writeString(
            folder.resolve("f.alloy"),
            "local.file \"t\" {\n  filename = \""
                + secret
                + "\"\n}\npyroscope.scrape \"s\" {\n  targets = [{\"__address__\" = \"a:1\", x ="
                + " local.file.t.content}]\n  forward_to = [pyroscope.write.w.receiver]\n}\n"
                + "pyroscope.write \"w\" {\n  endpoint {\n    url = \"http://p:1\"\n  }\n}\n");
    assertThat(((LoadResult.Loaded) ConfigLoader.load(file, Map.of())).warnings()).isEmpty();
    assertThat(AlloyFile.convert(file).notes())
        .anySatisfy(note -> assertThat(note.message()).contains("a later change has no effect"));
  }

  private AlloyFile.Result http(String block) throws IOException {
    String text = Files.readString(CONFIGS.resolve("golang-pull.alloy"));
    return AlloyFile.convert(Files.writeString(folder.resolve("http.alloy"), text + block));
  }

  @Test
  void theHttpBlock_saysWhoMayUseStokersServer() throws IOException {
    AlloyFile.Result result =
        http(
            """
            http {
              // for the office
              auth {
                basic {
                  username = "me"
                  password = sys.env("PASSWORD")
                }
                filter {
                  paths = ["/metrics", "/-/ready"]
                  authenticate_matching_paths = false
                }
              }
              tls {
                cert_file = "/tls/crt"
                key_file = "/tls/key"
                min_version = "TLS12"
              }
            }
            """);
    assertThat(result.problems()).isEmpty();
    assertThat(hocon(result)).contains("# for the office", "min_version is left out");
    Path converted = Files.writeString(folder.resolve("http.conf"), hocon(result));
    ServerConfig access = load(converted).daemon().access();
    assertThat(access)
        .isEqualTo(
            new ServerConfig(
                new Auth.Basic("me", Secret.text("secret")),
                Secret.file("/tls/crt"),
                Secret.file("/tls/key"),
                List.of("/metrics", "/-/ready"),
                Remote.READ));
  }

  @Test
  void aLoginWithoutAFilter_isForEveryPath_asInAlloy() throws IOException {
    AlloyFile.Result result =
        http("http {\n auth {\n basic {\n username = \"a\"\n password = \"b\"\n }\n }\n}\n");
    assertThat(result.problems()).isEmpty();
    Path converted = Files.writeString(folder.resolve("http.conf"), hocon(result));
    assertThat(load(converted).daemon().access().openPaths()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http {\n auth {\n }\n}\n|has no basic block",
        "http {\n auth {\n basic {\n username = \"a\"\n password = \"b\"\n }\n filter {\n paths ="
            + " [\"/\"]\n }\n }\n}\n|authenticate_matching_paths = false",
        "http {\n tls {\n client_ca_file = \"x\"\n }\n}\n|put a proxy before it",
        "http {\n auth {\n basic {\n }\n token {\n }\n }\n}\n|holds one basic and one filter",
      })
  void whatTheServerCannotDo_isAnError(String blockAndMessage) throws IOException {
    String[] parts = blockAndMessage.split("\\|", 2);
    assertThat(http(parts[0]).problems())
        .anySatisfy(problem -> assertThat(problem.message()).contains(parts[1]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "golang-pull",
        "kubernetes-annotations",
        "relabel-rules",
        "custom-components",
        "everything"
      })
  void comments_areCarriedOver(String name) throws IOException {
    String hocon = hocon(AlloyFile.convert(CONFIGS.resolve(name + ".alloy")));
    for (String line : Files.readAllLines(CONFIGS.resolve(name + ".alloy"))) {
      int at = line.indexOf("// ");
      if (at >= 0) {
        assertThat(hocon).contains("# " + line.substring(at + 3).strip());
      }
    }
  }

  @Test
  void golangPull_isTheTwinOfTheExample() {
    assertThat(configs(load(CONFIGS.resolve("golang-pull.alloy"))))
        .containsExactlyInAnyOrderElementsOf(
            configs(load(ROOT.resolve("config-examples/golang-pull.conf"))));
  }

  /** Alloy's pipeline: instance from the address, no job, no other label. */
  @Test
  void golangPull_deliversWhatAlloySends() {
    LoadedConfig config = load(CONFIGS.resolve("golang-pull.alloy"));

    Map<String, Map<String, String>> delivered = new TreeMap<>();
    targets(config, Map.of())
        .forEach(target -> delivered.put(target.url().toString(), labels(target)));

    Map<String, Map<String, String>> expected = new TreeMap<>();
    Map.of(
            "process_cpu", "profile?seconds=14",
            "memory", "allocs",
            "goroutine", "goroutine",
            "mutex", "mutex",
            "block", "block")
        .forEach(
            (type, path) ->
                expected.put(
                    "http://app-pull:6060/debug/pprof/" + path,
                    new TreeMap<>(
                        Map.of(
                            "__name__", type,
                            "instance", "app-pull:6060",
                            "service_name", "pull.golang.app"))));
    assertThat(delivered).isEqualTo(expected);
  }

  /**
   * One pod with two ports and a sidecar: memory by port number, CPU by port name; block is not
   * asked for. Pod labels come by the config's own labelmap rule.
   */
  @Test
  void kubernetesAnnotations_deliverWhatAlloySends() {
    LoadedConfig config = load(CONFIGS.resolve("kubernetes-annotations.alloy"));
    Map<String, String> pod = new TreeMap<>();
    pod.put("__meta_kubernetes_namespace", "shop");
    pod.put("__meta_kubernetes_pod_name", "cart-0");
    pod.put("__meta_kubernetes_pod_phase", "Running");
    pod.put("__meta_kubernetes_pod_label_app", "cart");
    pod.put(annotation("memory_scrape"), "true");
    pod.put(annotation("memory_port"), "6060");
    pod.put(annotation("cpu_scrape"), "true");
    pod.put(annotation("cpu_port_name"), "debug");
    pod.put(annotation("cpu_path"), "/internal/profile");
    pod.put(annotation("service_name"), "cart-service");
    Labels http = port(pod, "app", "8080", "http");
    Labels debug = port(pod, "app", "6060", "debug");
    Labels sidecar = port(pod, "proxy", "15000", "admin");
    Labels done =
        Labels.of(
            "__address__",
            "10.0.0.8:6060",
            "__meta_kubernetes_pod_phase",
            "Succeeded",
            annotation("memory_scrape"),
            "true",
            annotation("memory_port"),
            "6060");

    Map<String, Map<String, String>> delivered = new TreeMap<>();
    targets(config, Map.of("discovery.kubernetes.pods", List.of(http, debug, sidecar, done)))
        .forEach(target -> delivered.put(target.url().toString(), labels(target)));

    Map<String, String> common = new TreeMap<>();
    common.put("app", "cart");
    common.put("container", "app");
    common.put("instance", "10.0.0.7:6060");
    common.put("namespace", "shop");
    common.put("pod", "cart-0");
    common.put("service_name", "cart-service");
    assertThat(delivered)
        .isEqualTo(
            Map.of(
                "http://10.0.0.7:6060/debug/pprof/allocs", with(common, "__name__", "memory"),
                "http://10.0.0.7:6060/internal/profile?seconds=14",
                    with(common, "__name__", "process_cpu")));
  }

  @Test
  void theGuide_showsWhatConvertWrites() throws IOException {
    String guide = Files.readString(ROOT.resolve("docs/coming-from-alloy.md"));
    Path file = Files.writeString(folder.resolve("guide.alloy"), block(guide, "alloy"));

    assertThat(hocon(AlloyFile.convert(file))).isEqualTo(block(guide, "hocon"));
  }

  private static String block(String guide, String language) {
    String open = "```" + language + "\n";
    int from = guide.indexOf(open) + open.length();
    return guide.substring(from, guide.indexOf("```", from));
  }

  @Test
  void whatCannotBeTranslated_isAnErrorWithItsLine_andNothingIsConverted() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("bad.alloy"),
            """
            pyroscope.ebpf "node" {
              forward_to = [pyroscope.write.w.receiver]
            }
            pyroscope.scrape "s" {
              targets    = [{"__address__" = "a:1"}]
              forward_to = [pyroscope.write.w.receiver]
              frequency  = "1s"
              clustering { enabled = true }
            }
            prometheus.scrape "p" { }
            pyroscope.write "w" {
              endpoint { url = unheard.of("x") }
            }
            """);

    AlloyFile.Result result = AlloyFile.convert(file);

    assertThat(result.hocon()).isNull();
    assertThat(result.problems())
        .extracting(problem -> problem.line() + " " + problem.path())
        .containsExactly("7 pyroscope.scrape.s.frequency", "12 pyroscope.write.w.endpoint.url");
    assertThat(result.problems()).allMatch(problem -> problem.message().length() > 20);
    assertThat(((LoadResult.Failed) ConfigLoader.load(file, true)).problems())
        .extracting(problem -> problem.line() + " " + problem.path())
        .containsExactly(
            "1 pyroscope.ebpf",
            "7 pyroscope.scrape.s.frequency",
            "8 pyroscope.scrape.s.clustering",
            "10 prometheus.scrape",
            "12 pyroscope.write.w.endpoint.url");
  }

  @Test
  void aProblemOfTheMeaning_isToldAtAlloysLine() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("typo.alloy"),
            """
            // a comment

            pyroscope.scrape "s" {
              targets    = [{"__address__" = "a:1"}]
              forward_to = [pyroscope.write.gone.receiver]

              scrape_interval = "never"
            }
            """);

    LoadResult.Failed failed = (LoadResult.Failed) ConfigLoader.load(file, Map.of());

    assertThat(failed.problems()).extracting(problem -> problem.line()).containsExactly(7);
  }

  private static String hocon(AlloyFile.Result result) {
    return java.util.Objects.requireNonNull(result.hocon());
  }

  private static LoadedConfig load(Path file) {
    LoadResult result = ConfigLoader.load(file, ENV);
    assertThat(result).as(String.valueOf(result)).isInstanceOf(LoadResult.Loaded.class);
    return ((LoadResult.Loaded) result).config();
  }

  private static List<Object> configs(LoadedConfig config) {
    return config.components().stream().<Object>map(Component::config).toList();
  }

  private static String annotation(String name) {
    return "__meta_kubernetes_pod_annotation_profiles_grafana_com_" + name;
  }

  private static Labels port(
      Map<String, String> pod, String container, String number, String name) {
    Map<String, String> labels = new TreeMap<>(pod);
    labels.put("__address__", "10.0.0.7:" + number);
    labels.put("__meta_kubernetes_pod_container_name", container);
    labels.put("__meta_kubernetes_pod_container_port_number", number);
    labels.put("__meta_kubernetes_pod_container_port_name", name);
    return Labels.of(labels);
  }

  private static Map<String, String> with(Map<String, String> labels, String name, String value) {
    Map<String, String> more = new TreeMap<>(labels);
    more.put(name, value);
    return more;
  }

  /** What pyroscope.write sends of them. */
  private static Map<String, String> labels(Target target) {
    return new TreeMap<>(
        target.labels().filter(name -> !name.startsWith("__") || name.equals("__name__")).toMap());
  }

  /** Through discovery, relabelling and expansion, as the daemon does it. */
  private static List<Target> targets(LoadedConfig config, Map<String, List<Labels>> discovered) {
    TargetGraph graph = new TargetGraph(new ManualTimers(0));
    TargetGraphBuilder.join(
        graph,
        config.components(),
        new NoDaemon(),
        component ->
            component.kind() instanceof DiscoveryKind<?>
                ? Optional.of(source(discovered.getOrDefault(component.id(), List.of())))
                : Optional.empty());
    List<Target> targets = new ArrayList<>();
    for (ScrapeConfig scrape : config.all(ScrapeConfig.class)) {
      TargetFactory factory = new TargetFactory(scrape);
      List<Target> own = new ArrayList<>();
      graph.consume(
          scrape.component(),
          scrape.targets(),
          list -> {
            targets.removeAll(own);
            own.clear();
            own.addAll(factory.create(list.inStableOrder()).active());
            targets.addAll(own);
          });
    }
    graph.start();
    return targets;
  }

  private static Discoverer source(List<Labels> targets) {
    return new Discoverer() {
      @Override
      public void start(Listener listener) {
        listener.replace(List.of(new TargetGroup("all", targets)));
      }

      @Override
      public Future<Void> stop() {
        return Future.succeededFuture();
      }
    };
  }
}
