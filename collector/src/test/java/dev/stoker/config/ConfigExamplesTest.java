package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.Component;
import dev.stoker.config.daemon.DaemonConfig;
import dev.stoker.discovery.TargetSource;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.ScrapeLimits;
import dev.stoker.scrape.target.Source;
import dev.stoker.store.StoreConfig;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.WriteConfig;
import dev.stoker.write.pyroscope.PyroscopeProtocol;
import dev.stoker.write.queue.QueueConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users copy works as it stands. */
class ConfigExamplesTest {
  private static final Path FOLDER = Fixtures.ROOT.resolve("config-examples");

  static List<Path> examples() {
    return Fixtures.entries(FOLDER, "");
  }

  @ParameterizedTest
  @MethodSource("examples")
  void every_example_loads_without_a_problem_or_a_warning(Path example) {
    LoadResult result = ConfigLoader.load(example, Map.of());

    assertThat(Fixtures.problems(result)).isEmpty();
    assertThat(((LoadResult.Loaded) result).warnings()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void every_example_says_what_it_shows(Path example) {
    assertThat(example.toString()).endsWith(".conf");
    assertThat(Fixtures.text(example)).startsWith("# ");
  }

  /** It is shown where there is no receiver yet. */
  @Test
  void example_of_the_page_of_receivers_loads(@TempDir Path folder) throws IOException {
    String page =
        Fixtures.text(Fixtures.ROOT.resolve("collector/src/main/resources/web/js/receivers.js"));
    Matcher example = Pattern.compile("EXAMPLE = `(.*?)`", Pattern.DOTALL).matcher(page);
    assertThat(example.find()).isTrue();
    Path file =
        Files.writeString(
            folder.resolve("stoker.conf"),
            example.group(1)
                + "\npyroscope.write.default { endpoint { url = \"http://pyroscope:4040\" } }\n");

    LoadResult result = ConfigLoader.load(file, Map.of());

    assertThat(Fixtures.problems(result)).isEmpty();
    assertThat(((LoadResult.Loaded) result).warnings()).isEmpty();
  }

  @Test
  void promised_examples_are_there() {
    assertThat(examples())
        .extracting(example -> example.getFileName().toString())
        .contains(
            "quickstart.conf",
            "golang-pull.conf",
            "all-profile-types.conf",
            "two-tenants.conf",
            "custom-paths-godeltaprof.conf");
  }

  @Test
  void golang_pull_is_the_twin_of_the_alloy_config() {
    LoadedConfig config = load("golang-pull.conf");

    assertThat(config.components())
        .extracting(Component::config)
        .containsExactly(
            new ScrapeConfig(
                "pyroscope.scrape.default",
                List.of(
                    new TargetSource.Literal(
                        Labels.of(
                            "__address__", "app-pull:6060", "service_name", "pull.golang.app"))),
                List.of("pyroscope.write.endpoint"),
                "",
                "http",
                Map.of(),
                new ScrapeConfig.Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), null),
                List.of(
                    new ProfileType("memory", true, "/debug/pprof/allocs", false),
                    new ProfileType("block", true, "/debug/pprof/block", false),
                    new ProfileType("goroutine", true, "/debug/pprof/goroutine", false),
                    new ProfileType("mutex", true, "/debug/pprof/mutex", false),
                    new ProfileType("process_cpu", true, "/debug/pprof/profile", true)),
                "",
                ScrapeLimits.DEFAULT,
                HttpClientConfig.DEFAULT,
                Source.PPROF,
                ScrapeConfig.Selection.DEFAULT),
            new WriteConfig(
                "pyroscope.write.endpoint",
                Labels.empty(),
                List.of(
                    new EndpointConfig(
                        PyroscopeProtocol.INSTANCE,
                        "",
                        URI.create("http://pyroscope:4040"),
                        Map.of(),
                        Duration.ofSeconds(10),
                        EndpointConfig.Retry.DEFAULT,
                        false,
                        QueueConfig.DEFAULT,
                        HttpClientConfig.DEFAULT))));
  }

  @Test
  void quickstart_scrapes_stoker_itself_into_the_embedded_store() {
    LoadedConfig config = load("quickstart.conf");
    ScrapeConfig scrape = config.all(ScrapeConfig.class).get(0);
    DaemonConfig daemon = config.daemon();

    assertThat(scrape.targets())
        .containsExactly(
            new TargetSource.Literal(
                Labels.of(
                    "__address__", daemon.host() + ":" + daemon.port(), "service_name", "stoker")));
    assertThat(scrape.timing().interval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(scrape.profileTypes())
        .extracting(ProfileType::key)
        .containsExactlyInAnyOrder("process_cpu", "memory", "mutex", "block");
    assertThat(scrape.forwardTo()).containsExactly("stoker.store.local");
    assertThat(config.all(StoreConfig.class)).hasSize(1);
    assertThat(config.all(WriteConfig.class)).isEmpty();
  }

  @Test
  void all_profile_types_names_every_plain_type() {
    Set<String> keys =
        Set.copyOf(
            load("all-profile-types.conf").all(ScrapeConfig.class).get(0).profileTypes().stream()
                .map(ProfileType::key)
                .toList());

    assertThat(keys)
        .containsAll(
            ProfileType.BUILT_IN.stream()
                .filter(type -> !type.godeltaprof() && !type.key().equals("jfr"))
                .map(ProfileType::key)
                .toList());
  }

  @Test
  void jvm_jfr_scrapes_recordings() {
    LoadedConfig config = load("jvm-jfr.conf");

    assertThat(config.all(ScrapeConfig.class).get(0).source())
        .isEqualTo(new Source.Jfr("/internal/recording", false));
    assertThat(config.all(ScrapeConfig.class).get(0).profileTypes())
        .extracting(ProfileType::key)
        .containsExactly("jfr");
    assertThat(config.all(ScrapeConfig.class).get(1).source()).isEqualTo(Source.PPROF);
    assertThat(config.all(ScrapeConfig.class).get(1).profileTypes())
        .extracting(ProfileType::key)
        .containsExactly("memory", "block", "goroutine", "mutex", "jfr");
  }

  @Test
  void jvm_actuator_names_the_settings_of_events() {
    assertThat(load("jvm-actuator.conf").all(ScrapeConfig.class).get(0).source())
        .isEqualTo(
            new Source.ActuatorJfr(
                "/actuator/flightrecorder",
                Map.of(
                    "jdk.ExecutionSample#period", "20 ms", "jdk.ThreadPark#threshold", "50 ms")));
  }

  @Test
  void jvm_jolokia_has_credentials_and_settings() {
    ScrapeConfig scrape = load("jvm-jolokia.conf").all(ScrapeConfig.class).get(0);

    assertThat(scrape.source())
        .isEqualTo(
            new Source.Jolokia("/jolokia", "", Map.of("jdk.ExecutionSample#period", "10 ms")));
    assertThat(scrape.http().auth()).isInstanceOf(dev.stoker.http.client.Auth.Basic.class);
  }

  @Test
  void jvm_threaddump_samples_dumps() {
    LoadedConfig config = load("jvm-threaddump.conf");

    assertThat(config.all(ScrapeConfig.class).get(0).source())
        .isEqualTo(new Source.ThreadDump("/actuator/threaddump", 10, 5, false));
    assertThat(config.all(ScrapeConfig.class).get(1).source())
        .isEqualTo(new Source.ThreadDump("/threaddump", 10, 5, false));
    assertThat(config.all(ScrapeConfig.class).get(0).profileTypes())
        .extracting(ProfileType::key)
        .containsExactly("threaddump");
  }

  @Test
  void jvm_async_profiler_runs_it_by_http() {
    LoadedConfig config = load("jvm-async-profiler.conf");

    assertThat(config.all(ScrapeConfig.class).get(0).source())
        .isEqualTo(new Source.Prof("/prof", "cpu", "jfr", 0));
    assertThat(config.all(ScrapeConfig.class).get(0).timing().seconds()).isEqualTo(30);
    assertThat(config.all(ScrapeConfig.class).get(1).source())
        .isEqualTo(new Source.Prof("/profiler/profile", "wall", "collapsed", 50_000_000));
  }

  private static LoadedConfig load(String name) {
    return Fixtures.loaded(ConfigLoader.load(FOLDER.resolve(name), Map.of()));
  }
}
