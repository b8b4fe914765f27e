package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.Component;
import dev.stoker.config.daemon.DaemonConfig;
import dev.stoker.discovery.TargetSource;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.proxy.NoProxy;
import dev.stoker.http.proxy.Proxies;
import dev.stoker.http.server.ServerConfig;
import dev.stoker.labels.Labels;
import dev.stoker.schema.Export;
import dev.stoker.schema.Reference;
import dev.stoker.scrape.target.ProfileType;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.ScrapeConfig.Timing;
import dev.stoker.scrape.target.ScrapeLimits;
import dev.stoker.scrape.target.Source;
import dev.stoker.store.StoreConfig;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.EndpointConfig.Retry;
import dev.stoker.write.http.WriteConfig;
import dev.stoker.write.pyroscope.PyroscopeProtocol;
import dev.stoker.write.queue.QueueConfig;
import dev.stoker.write.queue.QueueConfig.Disk;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the <code>*.good.conf</code> fixtures become. */
class GoodConfigTest {
  @Test
  void arguments_that_are_not_set_have_alloys_defaults() {
    LoadedConfig config = load("defaults.good.conf");

    assertThat(config.all(ScrapeConfig.class))
        .containsExactly(
            new ScrapeConfig(
                "pyroscope.scrape.s",
                List.of(new TargetSource.Literal(Labels.of("__address__", "app:6060"))),
                List.of("pyroscope.write.w"),
                "",
                "http",
                Map.of(),
                new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), null),
                ProfileType.DEFAULTS.subList(0, 5),
                "",
                new ScrapeLimits(16 << 20, 64 << 20, 0, 0, 0, 0),
                HttpClientConfig.DEFAULT,
                Source.PPROF,
                ScrapeConfig.Selection.DEFAULT));
    assertThat(config.all(WriteConfig.class))
        .containsExactly(
            new WriteConfig(
                "pyroscope.write.w",
                Labels.empty(),
                List.of(
                    new EndpointConfig(
                        PyroscopeProtocol.INSTANCE,
                        "",
                        URI.create("http://pyroscope:4040"),
                        Map.of(),
                        Duration.ofSeconds(10),
                        new Retry(Duration.ofMillis(500), Duration.ofMinutes(5), 10, true),
                        false,
                        new QueueConfig(
                            32 << 20,
                            Duration.ofMinutes(55),
                            64,
                            3 << 20,
                            new Disk(
                                true, 1 << 30, 256 << 20, new Fsync(1_000), Duration.ofSeconds(2))),
                        HttpClientConfig.DEFAULT))));
    assertThat(config.all(StoreConfig.class)).isEmpty();
    assertThat(config.daemon())
        .isEqualTo(
            new DaemonConfig(
                "127.0.0.1",
                12345,
                ServerConfig.DEFAULT,
                Path.of("data/stoker"),
                "info",
                false,
                true,
                true));
  }

  @Test
  void every_scrape_argument_is_read() {
    LoadedConfig config = load("everything.good.conf");

    assertThat(config.all(ScrapeConfig.class).get(0))
        .isEqualTo(
            new ScrapeConfig(
                "pyroscope.scrape.first",
                List.of(
                    new TargetSource.Literal(
                        Labels.of(
                            "__address__",
                            "app:6060",
                            "env",
                            "prod",
                            "port",
                            "8080",
                            "ready",
                            "true")),
                    new TargetSource.Literal(
                        Labels.of("__address__", "other:6060", "__param_x-y", "z"))),
                List.of("pyroscope.write.both", "stoker.store.local"),
                "42",
                "https",
                Map.of("debug", List.of("1"), "q", List.of("a", "b")),
                new Timing(Duration.ofSeconds(30), Duration.ofMillis(1500), Duration.ofSeconds(20)),
                List.of(
                    new ProfileType("block", true, "/my/block", false),
                    new ProfileType("goroutine", true, "/g?debug=0", false),
                    new ProfileType("mutex", true, "/debug/pprof/mutex", false),
                    new ProfileType("process_cpu", true, "/debug/pprof/profile", false),
                    new ProfileType("fgprof", true, "/debug/fgprof", true),
                    new ProfileType("wall", true, "/wall", true)),
                "/prefix",
                new ScrapeLimits(1 << 20, 0, 1, 2, 3, 4),
                HttpClientConfig.DEFAULT.with(false, true),
                Source.PPROF,
                ScrapeConfig.Selection.DEFAULT));
    assertThat(config.all(ScrapeConfig.class).get(1).targets()).isEmpty();
  }

  @Test
  void every_write_argument_is_read() {
    assertThat(load("everything.good.conf").all(WriteConfig.class))
        .containsExactly(
            new WriteConfig(
                "pyroscope.write.both",
                Labels.of("region", "eu", "shard", "7", "service.version", "1.2"),
                List.of(
                    new EndpointConfig(
                        PyroscopeProtocol.INSTANCE,
                        "one",
                        URI.create("https://user:hunter2@pyroscope/base"),
                        Map.of("X-Scope-OrgID", "tenant", "X-Number", "5"),
                        Duration.ofSeconds(3),
                        new Retry(Duration.ofSeconds(1), Duration.ofMinutes(1), 0, false),
                        false,
                        new QueueConfig(0, Duration.ZERO, 8, 3 << 20, Disk.OFF),
                        HttpClientConfig.DEFAULT.with(false, true)),
                    new EndpointConfig(
                        PyroscopeProtocol.INSTANCE,
                        "",
                        URI.create("http://[::1]:4040"),
                        Map.of(),
                        Duration.ofSeconds(10),
                        Retry.DEFAULT,
                        true,
                        new QueueConfig(
                            32 << 20,
                            Duration.ofHours(1),
                            64,
                            0,
                            new Disk(true, 2 << 20, 0, Fsync.ALWAYS, Duration.ofMillis(1500))),
                        HttpClientConfig.DEFAULT))));
  }

  @Test
  void store_and_daemon_settings_are_read() {
    LoadedConfig config = load("everything.good.conf");

    assertThat(config.all(StoreConfig.class))
        .containsExactly(new StoreConfig("stoker.store.local", Duration.ofHours(2), 1L << 30));
    assertThat(config.daemon())
        .isEqualTo(
            new DaemonConfig(
                "::1",
                0,
                ServerConfig.DEFAULT,
                Path.of("/var/lib/stoker"),
                "debug",
                true,
                true,
                false));
  }

  @Test
  void components_know_kind_exports_and_references() {
    Component first = load("everything.good.conf").components().get(0);
    Component write = load("everything.good.conf").components().get(2);

    assertThat(first.id()).isEqualTo("pyroscope.scrape.first");
    assertThat(first.kind().name()).isEqualTo("pyroscope.scrape");
    assertThat(first.exports()).isEmpty();
    assertThat(first.references())
        .extracting(Reference::component, Reference::export, Reference::wanted)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple(
                "pyroscope.write.both", "receiver", Export.Type.RECEIVER),
            org.assertj.core.api.Assertions.tuple(
                "stoker.store.local", "receiver", Export.Type.RECEIVER));
    assertThat(first.place().line()).isEqualTo(6);
    assertThat(write.exports()).containsExactly(new Export("receiver", Export.Type.RECEIVER));
  }

  @Test
  void paths_add_to_a_component() {
    LoadedConfig config = load("merged.good.conf");

    assertThat(config.all(ScrapeConfig.class).get(0).targets())
        .containsExactly(
            new TargetSource.Literal(Labels.of("__address__", "a:1")),
            new TargetSource.Literal(Labels.of("__address__", "b:1")));
    assertThat(config.all(WriteConfig.class).get(0).endpoints().get(0).url())
        .isEqualTo(URI.create("http://q:1"));
  }

  @Test
  void settings_without_effect_are_warnings() {
    LoadResult result = ConfigLoader.load(Fixtures.good("warnings.good.conf"), Map.of());

    assertThat(((LoadResult.Loaded) result).warnings())
        .extracting(problem -> problem.line() + " " + problem.message())
        .containsExactly("7 is empty and has no effect: an empty label is no label");
  }

  @Test
  void files_of_a_folder_share_variables_and_an_included_file_is_not_loaded_twice() {
    Path folder = Fixtures.good("folder.good");
    LoadedConfig config =
        Fixtures.loaded(ConfigLoader.load(folder, Map.of("ADDRESS", "env:1", "JOB", "j")));

    assertThat(config.all(ScrapeConfig.class).get(0).jobName()).isEqualTo("j");
    assertThat(config.all(ScrapeConfig.class).get(0).targets())
        .containsExactly(new TargetSource.Literal(Labels.of("__address__", "env:1")));
    assertThat(config.files())
        .extracting(file -> file.getFileName().toString())
        .containsExactly("10-write.conf", "endpoint.inc", "20-scrape.conf", "shared.conf");
  }

  @Test
  void an_optional_variable_that_is_not_set_leaves_the_default() {
    LoadedConfig config =
        Fixtures.loaded(ConfigLoader.load(Fixtures.good("folder.good"), Map.of()));

    assertThat(config.all(ScrapeConfig.class).get(0).jobName()).isEmpty();
    assertThat(config.all(ScrapeConfig.class).get(0).targets())
        .containsExactly(new TargetSource.Literal(Labels.of("__address__", "default:6060")));
  }

  private static LoadedConfig load(String name) {
    return Fixtures.loaded(ConfigLoader.load(Fixtures.good(name), Map.of()));
  }

  @Test
  void proxyFromEnvironment_isGos_upperCaseFirst(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("proxy.conf"),
            """
            pyroscope.scrape.s { targets = [], forward_to = [ pyroscope.write.w.receiver ] }
            pyroscope.write.w { endpoint { url = "https://p", proxy_from_environment = true } }
            """);
    Map<String, String> env =
        Map.of(
            "HTTP_PROXY", "http://upper:1",
            "http_proxy", "http://lower:2",
            "https_proxy", "socks5://u:p@socks",
            "NO_PROXY", "internal.test");
    Proxies proxies =
        ((WriteConfig) Fixtures.loaded(ConfigLoader.load(file, env)).components().get(1).config())
            .endpoints()
            .get(0)
            .http()
            .proxies();

    assertThat(proxies.http().map(Object::toString)).contains("http://upper:1");
    assertThat(proxies.https().map(Object::toString)).contains("socks5://socks:1080");
    assertThat(proxies.except()).isEqualTo(NoProxy.of("internal.test"));
  }
}
