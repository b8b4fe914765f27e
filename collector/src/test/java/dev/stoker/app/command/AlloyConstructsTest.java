package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.DiscoveryKind;
import dev.stoker.component.TargetGraphBuilder;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.labels.Labels;
import dev.stoker.schema.Problem;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each construct that the configs of <code>docs/alloy-corpus.md</code> use, in a small config of
 * our own. Its first lines say what Alloy's documentation makes of it: what is scraped under which
 * labels, and what Stoker has to say of it.
 */
class AlloyConstructsTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final Path FOLDER =
      ROOT.resolve("collector/src/test/resources/dev/stoker/alloy/constructs");

  private static final Map<String, String> ENV =
      Map.of(
          "HOSTNAME", "n1",
          "PYROSCOPE_URL", "http://p:4040",
          "PYROSCOPE_USER", "me",
          "PASSWORD", "secret");

  static List<Path> configs() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void eachConstruct_meansWhatItMeansInAlloy_andItsNotesSayTheRest(Path file) throws IOException {
    LoadResult result = ConfigLoader.load(file, ENV);

    List<String> refused = expected(file, "refused");
    if (!refused.isEmpty()) {
      assertThat(result).as(result.toString()).isInstanceOf(LoadResult.Failed.class);
      startWith(
          ((LoadResult.Failed) result)
              .problems().stream().map(p -> p.line() + " " + shown(p)).toList(),
          refused);
      return;
    }
    assertThat(result).as(result.toString()).isInstanceOf(LoadResult.Loaded.class);
    LoadResult.Loaded loaded = (LoadResult.Loaded) result;
    startWith(
        loaded.notes().stream().map(AlloyConstructsTest::shown).toList(), expected(file, "note"));
    startWith(
        loaded.warnings().stream().map(AlloyConstructsTest::shown).toList(),
        expected(file, "warning"));
    assertThat(scraped(loaded.config(), discovered(file)))
        .containsExactlyInAnyOrderElementsOf(expected(file, "scrapes"));
    assertThat(expected(file, "scrapes")).isNotEmpty();
  }

  /** A file that no line expects anything of would pass by itself. */
  @Test
  void theCorpus_namesEachConstruct() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/alloy-corpus.md"));
    for (Path file : configs()) {
      assertThat(page).contains("`" + file.getFileName().toString().replace(".alloy", "") + "`");
    }
    assertThat(configs()).hasSizeGreaterThan(12);
  }

  /** Each of one list begins with one of the other, and none is left. */
  private static void startWith(List<String> actual, List<String> beginnings) {
    List<String> left = new ArrayList<>(beginnings);
    for (String text : actual) {
      Optional<String> match = left.stream().filter(text::contains).findFirst();
      assertThat(match).as(text).isPresent();
      left.remove(match.orElseThrow());
    }
    assertThat(left).as("not told: " + actual).isEmpty();
  }

  private static List<String> expected(Path file, String word) throws IOException {
    String begin = "// " + word + " ";
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(begin))
        .map(line -> line.substring(begin.length()))
        .toList();
  }

  private static String shown(Problem problem) {
    return problem.path().isEmpty() ? problem.message() : problem.path() + ": " + problem.message();
  }

  private static Map<String, List<Labels>> discovered(Path file) throws IOException {
    Map<String, List<Labels>> discovered = new TreeMap<>();
    for (String line : expected(file, "discovers")) {
      String[] words = line.split(" ");
      Map<String, String> labels = new TreeMap<>(Map.of("__address__", words[1]));
      for (int i = 2; i < words.length; i++) {
        String[] label = words[i].split("=", 2);
        labels.put(label[0], label[1]);
      }
      discovered.computeIfAbsent(words[0], key -> new ArrayList<>()).add(Labels.of(labels));
    }
    return discovered;
  }

  /** "TYPE URL LABEL=VALUE …", with the labels that a server gets, but for the standard ones. */
  private static List<String> scraped(LoadedConfig config, Map<String, List<Labels>> discovered) {
    TargetGraph graph = new TargetGraph(new ManualTimers(0));
    TargetGraphBuilder.join(
        graph,
        config.components(),
        new NoDaemon(),
        component ->
            component.kind() instanceof DiscoveryKind<?>
                ? Optional.of(source(discovered.getOrDefault(component.id(), List.of())))
                : Optional.empty());
    Map<String, List<String>> scraped = new TreeMap<>();
    for (ScrapeConfig scrape : config.all(ScrapeConfig.class)) {
      TargetFactory factory = new TargetFactory(scrape);
      graph.consume(
          scrape.component(),
          scrape.targets(),
          list ->
              scraped.put(
                  scrape.component(),
                  factory.create(list.inStableOrder()).active().stream()
                      .map(AlloyConstructsTest::shown)
                      .toList()));
    }
    graph.start();
    return scraped.values().stream().flatMap(List::stream).toList();
  }

  private static String shown(Target target) {
    StringBuilder shown = new StringBuilder();
    Map<String, String> labels = new TreeMap<>(target.labels().toMap());
    shown.append(labels.get("__name__")).append(' ').append(target.url());
    String service = labels.remove("service_name");
    if (service != null && !service.equals("unspecified")) {
      shown.append(" service_name=").append(service);
    }
    labels.forEach(
        (name, value) -> {
          if (!name.startsWith("__") && !name.equals("instance")) {
            shown.append(' ').append(name).append('=').append(value);
          }
        });
    return shown.toString();
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
