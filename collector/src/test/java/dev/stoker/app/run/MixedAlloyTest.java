package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.Component;
import dev.stoker.config.AlloyFile;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.config.source.LeftOutBlock;
import dev.stoker.schema.Problem;
import dev.stoker.scrape.target.ScrapeConfig;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Alloy configs that hold other things beside profiling. Each file begins with what must be said of
 * it, <code>// expect: note|warn ID</code>, and nothing else may be.
 */
class MixedAlloyTest {
  private static final Path CONFIGS =
      Path.of(System.getProperty("stoker.root", ".."))
          .resolve("collector/src/test/resources/dev/stoker/mixed");

  private static final String PROFILING =
      """
      pyroscope.scrape "s" {
        targets    = [{"__address__" = "a:1"}]
        forward_to = [pyroscope.write.w.receiver]
      }
      pyroscope.write "w" {
        endpoint {
          url = "http://p:1"
        }
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"metrics", "logs", "traces", "ebpf-java", "clustering"})
  void theProfilingPartRuns_andEachLeftOutBlockIsNamed(String name) throws IOException {
    Path file = CONFIGS.resolve(name + ".alloy");
    LoadResult.Loaded loaded = loaded(ConfigLoader.load(file, Map.of()));

    List<String> said = new ArrayList<>();
    Stream.concat(loaded.notes().stream(), loaded.warnings().stream())
        .filter(problem -> problem.message().startsWith("is left out"))
        .forEach(
            problem ->
                said.add(
                    (loaded.warnings().contains(problem) ? "warn " : "note ")
                        + problem.path().replace("pyroscope.scrape.app.", "")));
    said.remove("note stoker.log.write_to");
    assertThat(said).containsExactlyInAnyOrderElementsOf(lines(file, "// expect: "));
    assertThat(loaded.config().components())
        .extracting(component -> component.kind().name())
        .isSubsetOf("pyroscope.scrape", "pyroscope.write", "discovery.kubernetes")
        .contains("pyroscope.scrape", "pyroscope.write");
    assertThat(loaded.config().all(ScrapeConfig.class))
        .extracting(ScrapeConfig::component)
        .containsExactly("pyroscope.scrape." + lines(file, "// scrapes: ").get(0));
    List<String> text = Files.readAllLines(file);
    for (LeftOutBlock block : loaded.config().leftOut()) {
      assertThat(text.get(block.place().line() - 1)).startsWith(block.kind());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"metrics", "logs", "traces", "ebpf-java", "clustering"})
  void converted_itLoadsAsTheSame_andHoldsEachLeftOutBlockAsAComment(String name)
      throws IOException {
    Path file = CONFIGS.resolve(name + ".alloy");
    AlloyFile.Result result = AlloyFile.convert(file);
    assertThat(result.problems()).isEmpty();
    String hocon = Objects.requireNonNull(result.hocon());
    Path converted = Files.writeString(folder.resolve("c.conf"), hocon);

    LoadResult.Loaded original = loaded(ConfigLoader.load(file, Map.of()));
    LoadResult.Loaded loaded = loaded(ConfigLoader.load(converted, Map.of()));
    assertThat(configs(loaded)).isEqualTo(configs(original));
    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.config().leftOut()).isEmpty();
    List<String> text = Files.readAllLines(file);
    for (LeftOutBlock block : original.config().leftOut()) {
      for (int i = block.place().line() - 1; !text.get(i).startsWith("}"); i++) {
        assertThat(hocon).contains(("# " + text.get(i)).stripTrailing() + "\n");
        if (text.get(i).endsWith("{ }")) {
          break;
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"metrics", "logs", "traces", "ebpf-java", "clustering"})
  void strict_itIsRefused_withTheLineOfEachBlock(String name) {
    LoadResult result = ConfigLoader.load(CONFIGS.resolve(name + ".alloy"), true);
    assertThat(result).isInstanceOf(LoadResult.Failed.class);
    assertThat(((LoadResult.Failed) result).problems())
        .allMatch(problem -> problem.line() > 0 && problem.message().length() > 20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prometheus.exporter.unix \"u\" {\n}\n|prometheus.exporter.unix.u.targets|refers to"
            + " prometheus.exporter.unix.u of line 1, which Stoker does not run",
        "discovery.consul \"c\" {\n}\n|discovery.consul.c.targets|refers to discovery.consul.c of"
            + " line 1, which Stoker does not run: Stoker has no discovery.consul; use one of",
        "declare \"d\" {\n}\nd \"x\" {\n}\n|d.x.targets|refers to d.x of line 3",
        "remote.http \"r\" {\n}\n|encoding.from_json(remote.http.r.content)|refers to remote.http.r"
            + " of line 1, which Stoker does not run: Stoker has no remote.http; mount",
        "\n|discovery.gone.g.targets|there is no discovery.gone.g.targets",
      })
  void aNeededBlockThatRefersToOne_isAnErrorWithItsLine(String given) throws IOException {
    String[] parts = given.split("\\|", -1);
    String text = parts[0] + PROFILING.replace("[{\"__address__\" = \"a:1\"}]", parts[1]);
    Path file = Files.writeString(folder.resolve("x.alloy"), text);

    List<Problem> problems = ((LoadResult.Failed) ConfigLoader.load(file, Map.of())).problems();
    int line = (int) parts[0].chars().filter(c -> c == '\n').count() + 2;
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).line()).isEqualTo(line);
    assertThat(problems.get(0).path()).startsWith("pyroscope.scrape.s.targets");
    assertThat(problems.get(0).message()).contains(parts[2]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "declare \"d\" {\n  pyroscope.scrape \"s\" {\n  }\n}\nd \"x\" {\n}\n|has no targets",
        "foreach \"d\" {\n"
            + "  template {\n"
            + "  pyroscope.scrape \"s\" {\n"
            + "  }\n"
            + "  }\n"
            + "}\n"
            + "|custom components",
        "pyroscop.scrape \"s\" {\n}\n|did you mean pyroscope.scrape?",
        "pyroscope.receive_http \"s\" {\n}\n|has no forward_to",
      })
  void whatMayHoldProfiling_isNeverLeftOutQuietly(String given) throws IOException {
    String[] parts = given.split("\\|", -1);
    Path file = Files.writeString(folder.resolve("x.alloy"), parts[0] + PROFILING);
    assertThat(((LoadResult.Failed) ConfigLoader.load(file, Map.of())).problems())
        .extracting(Problem::message)
        .anyMatch(message -> message.contains(parts[1]));
  }

  @Test
  void aFileWithoutProfiling_saysWhatWasLeftOut() throws IOException {
    Path file =
        Files.writeString(folder.resolve("x.alloy"), "pyroscope.ebpf \"e\" {\n targets = []\n}\n");
    assertThat(((LoadResult.Failed) ConfigLoader.load(file, Map.of())).problems())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("nothing to scrape: pyroscope.ebpf.e is left out");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.river", "x", "x.cfg", "x.alloy"})
  void alloysSyntax_isKnownByTheNameOrTheText(String name) throws IOException {
    Path file = Files.writeString(folder.resolve(name), PROFILING);
    assertThat(loaded(ConfigLoader.load(file, Map.of())).config().all(ScrapeConfig.class))
        .hasSize(1);
    assertThat(loaded(ConfigLoader.loadText(Path.of("-"), Files.readAllBytes(file))).config())
        .isNotNull();
  }

  @Test
  void hocon_isKnownByItsText() throws IOException {
    String text =
        "pyroscope.scrape.s { targets = [ { \"__address__\" = \"a:1\" } ], forward_to ="
            + " pyroscope.write.w.receiver }\n"
            + "pyroscope.write.w { endpoint { url = \"http://p:1\" } }\n";
    Path file = Files.writeString(folder.resolve("config"), text);
    assertThat(loaded(ConfigLoader.load(file, Map.of())).config().all(ScrapeConfig.class))
        .hasSize(1);
    assertThat(loaded(ConfigLoader.loadText(Path.of("-"), Files.readAllBytes(file))).config())
        .isNotNull();
  }

  @Test
  void aFolderOfAlloyFiles_isOneConfig() throws IOException {
    Files.writeString(
        folder.resolve("b.alloy"),
        "pyroscope.write \"w\" {\n endpoint {\n  url = \"http://p:1\"\n }\n}\n");
    Files.writeString(
        folder.resolve("a.alloy"),
        "\n"
            + "prometheus.scrape \"m\" {\n"
            + "}\n"
            + "pyroscope.scrape \"s\" {\n"
            + "  targets = discovery.file.f.targets\n"
            + "  forward_to = [pyroscope.write.w.receiver]\n"
            + "}\n");
    Files.writeString(
        folder.resolve("c.alloy"), "discovery.file \"f\" {\n  files = [\"/x.json\"]\n}\n");
    LoadResult.Loaded loaded = loaded(ConfigLoader.load(folder, Map.of()));
    assertThat(loaded.config().components()).hasSize(3);
    assertThat(loaded.config().leftOut().get(0).place().toString())
        .isEqualTo(folder.resolve("a.alloy") + ":2");
    Path converted =
        Files.writeString(
            Files.createDirectory(folder.resolve("out")).resolve("c.conf"),
            Objects.requireNonNull(AlloyFile.convert(folder).hocon()));
    assertThat(configs(loaded(ConfigLoader.load(converted, Map.of()))))
        .containsExactlyInAnyOrderElementsOf(configs(loaded));

    Files.writeString(
        folder.resolve("c.alloy"), "discovery.file \"f\" {\n\n  fils = [\"/x.json\"]\n}\n");
    assertThat(((LoadResult.Failed) ConfigLoader.load(folder, Map.of())).problems().get(0))
        .hasToString(
            folder.resolve("c.alloy")
                + ":3:3: discovery.file.f.fils: unknown name fils; did you mean files?");
  }

  @Test
  void besideConfFiles_alloyFilesAreNotRead_andANoteSaysSo() throws IOException {
    Files.writeString(folder.resolve("x.alloy"), PROFILING);
    Files.writeString(
        folder.resolve("x.conf"), Objects.requireNonNull(AlloyFile.convert(folder).hocon()));
    assertThat(loaded(ConfigLoader.load(folder, Map.of())).notes())
        .extracting(Problem::message)
        .singleElement()
        .asString()
        .contains("its *.alloy files (1) are not read");
  }

  @Test
  void theDaemon_showsLeftOutBlocks_andAReloadSaysThemAgain() throws Exception {
    int port = Daemon.freePort();
    Files.copy(CONFIGS.resolve("ebpf-java.alloy"), folder.resolve("ebpf.alloy"));
    Path config =
        Files.writeString(
            folder.resolve("x.conf"),
            "stoker.http.listen = \"127.0.0.1:"
                + port
                + "\"\nstoker.reload.watch = false\nstoker.storage.path = \""
                + folder.resolve("data")
                + "\"\ninclude \"ebpf.alloy\"\n");
    try (Daemon daemon = new Daemon(config, port)) {
      JsonObject view =
          daemon.get("/api/v1/components").array().stream()
              .map(JsonObject.class::cast)
              .filter(each -> each.getString("id").equals("pyroscope.ebpf.host"))
              .findFirst()
              .orElseThrow();
      assertThat(view.getString("health")).isEqualTo("left_out");
      assertThat(view.getString("kind")).isEqualTo("pyroscope.ebpf");
      assertThat(view.getString("message"))
          .contains("ebpf.alloy:32: is left out: Stoker has no eBPF");
      assertThat(daemon.get("/api/v1/components/config?id=pyroscope.ebpf.host").status())
          .isEqualTo(200);
      assertThat(daemon.reload().body()).contains("Stoker has no eBPF profiler");
    }
  }

  private static List<String> lines(Path file, String prefix) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  private static List<Object> configs(LoadResult.Loaded loaded) {
    return loaded.config().components().stream().<Object>map(Component::config).toList();
  }

  private static LoadResult.Loaded loaded(LoadResult result) {
    assertThat(result).as(String.valueOf(result)).isInstanceOf(LoadResult.Loaded.class);
    return (LoadResult.Loaded) result;
  }
}
