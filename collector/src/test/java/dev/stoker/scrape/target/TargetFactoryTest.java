package dev.stoker.scrape.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.DroppedTarget.Reason;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.loop.Configs;
import dev.stoker.scrape.target.Target.DeltaMode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetFactoryTest {
  @Test
  void defaults_expandToTheFiveGoProfiles() {
    ScrapeConfig config =
        Configs.of(
            ProfileType.DEFAULTS.stream().filter(ProfileType::enabled).toArray(ProfileType[]::new));
    assertThat(create(config, Labels.of("__address__", "app:6060")).active())
        .extracting(target -> target.url().toString())
        .containsExactlyInAnyOrder(
            "http://app:6060/debug/pprof/allocs",
            "http://app:6060/debug/pprof/block",
            "http://app:6060/debug/pprof/goroutine",
            "http://app:6060/debug/pprof/mutex",
            "http://app:6060/debug/pprof/profile?seconds=14");
  }

  @Test
  void labels_areExactlyWhatAlloySends_withoutJob() {
    Target target = only(Configs.of(Configs.MEMORY), Labels.of("__address__", "app:6060"));
    assertThat(target.labels().filter(name -> !name.startsWith("__") || name.equals("__name__")))
        .isEqualTo(
            Labels.of("__name__", "memory", "instance", "app:6060", "service_name", "unspecified"));
  }

  @ParameterizedTest
  @CsvSource({
    "/run/app/a.sock, /run/app/*.sock, ''",
    "/run/app/a.sock, /run/*/a.sock, ''",
    "/run/app/a1, /run/app/a?, ''",
    "/run/app/[x].sock, /run/app/[x].sock, ''",
    "/run/app/a.sock, '', is not among unix_sockets",
    "/run/app/deeper/a.sock, /run/app/*.sock, is not among unix_sockets",
    "/run/app/a.sockets, /run/app/*.sock, is not among unix_sockets",
    "/run/app/../docker.sock, /run/app/*, '., ..'",
    "/run/app//docker.sock, /run/app/*, empty part",
    "/run/app/, /run/app/*, empty part",
    "run/app/a.sock, /run/app/*, no absolute path",
  })
  void unixSocket_isUsedOnlyWhereTheConfigAllowsIt(String path, String pattern, String why) {
    UnixSockets sockets = new UnixSockets(pattern.isEmpty() ? List.of() : List.of(pattern));
    Targets made =
        create(Configs.over(sockets, Configs.MEMORY), Labels.of("__scrape_unix_socket__", path));
    if (why.isEmpty()) {
      assertThat(made.active()).singleElement().extracting(Target::socket).isEqualTo(path);
    } else {
      assertThat(made.active()).isEmpty();
      assertThat(made.dropped())
          .singleElement()
          .satisfies(
              drop -> {
                assertThat(drop.reason()).isEqualTo(Reason.INVALID);
                assertThat(drop.detail()).contains(path, why.equals("., ..") ? ", . or .." : why);
              });
    }
  }

  @Test
  void unixSocket_isPartOfWhatATargetIs_andNamesTheInstanceWithoutAnAddress() {
    ScrapeConfig config = Configs.over(new UnixSockets(List.of("/run/*")), Configs.CPU);
    Targets made =
        create(
            config,
            Labels.of("__scrape_unix_socket__", "/run/a"),
            Labels.of("__scrape_unix_socket__", "/run/b"),
            Labels.of("__scrape_unix_socket__", "/run/a", "__address__", "app:6060"),
            Labels.of("__address__", "app:6060"),
            Labels.of("__scrape_unix_socket__", "/run/a", "twice", "x"));
    assertThat(made.active())
        .extracting(target -> target.url().getAuthority() + " " + target.labels().get("instance"))
        .containsExactly(
            "localhost /run/a", "localhost /run/b", "app:6060 app:6060", "app:6060 app:6060");
    assertThat(made.active()).extracting(Target::key).doesNotHaveDuplicates();
    assertThat(made.active()).extracting(Target::series).doesNotHaveDuplicates();
    assertThat(made.active()).extracting(Target::process).doesNotHaveDuplicates();
    assertThat(made.dropped()).extracting(DroppedTarget::reason).containsExactly(Reason.DUPLICATE);
  }

  @Test
  void jobName_isUsedUnlessTheTargetHasAJob() {
    ScrapeConfig config = Configs.named("configured", "http", "", Configs.MEMORY);
    assertThat(only(config, Labels.of("__address__", "a:1")).labels().get("job"))
        .isEqualTo("configured");
    assertThat(only(config, Labels.of("__address__", "a:1", "job", "own")).labels().get("job"))
        .isEqualTo("own");
  }

  @ParameterizedTest
  @CsvSource({
    "app, http, http://app:80/debug/pprof/goroutine",
    "app, https, https://app:443/debug/pprof/goroutine",
    "app:1, https, https://app:1/debug/pprof/goroutine",
    "'[::1]:6060', http, 'http://[::1]:6060/debug/pprof/goroutine'",
    "'[::1]', http, 'http://[::1]:80/debug/pprof/goroutine'",
  })
  void address_getsItsSchemesPort(String address, String scheme, String url) {
    Labels labels = Labels.of("__address__", address, "__scheme__", scheme);
    assertThat(only(Configs.of(Configs.GOROUTINE), labels).url()).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a/b:80",
        "host:",
        "host:0",
        "host:70000",
        "host:x",
        ":80",
        "a b:80",
        "::1",
        "[::1",
        "u@h:80",
        "%zz:80"
      })
  void invalidAddress_dropsOnlyThatTarget(String address) {
    Targets targets =
        new TargetFactory(Configs.of(Configs.MEMORY))
            .create(
                List.of(
                    Labels.of("__address__", address, "n", "bad"),
                    Labels.of("__address__", "good:1")));
    assertThat(targets.active()).extracting(Target::process).containsExactly("http://good:1");
    assertThat(targets.dropped()).hasSize(1);
    assertThat(targets.dropped().get(0).reason()).isEqualTo(Reason.INVALID);
    assertThat(targets.dropped().get(0).detail()).contains("__address__");
  }

  @Test
  void unknownScheme_isDroppedWithWhatToWrite() {
    Targets targets =
        create(Configs.of(Configs.MEMORY), Labels.of("__address__", "a:1", "__scheme__", "ftp"));
    assertThat(targets.dropped())
        .singleElement()
        .extracting(DroppedTarget::detail)
        .asString()
        .contains("http or https");
  }

  @Test
  void params_areNotSharedBetweenTypes() {
    ScrapeConfig config =
        Configs.with(
            Map.of("tok", List.of("a b", "c")),
            ScrapeLimits.DEFAULT,
            Configs.CPU,
            Configs.GOROUTINE);
    assertThat(
            create(config, Labels.of("__address__", "a:1"), Labels.of("__address__", "b:1"))
                .active())
        .extracting(target -> target.url().toString())
        .containsExactly(
            "http://a:1/debug/pprof/profile?seconds=14&tok=a+b&tok=c",
            "http://a:1/debug/pprof/goroutine?tok=a+b&tok=c",
            "http://b:1/debug/pprof/profile?seconds=14&tok=a+b&tok=c",
            "http://b:1/debug/pprof/goroutine?tok=a+b&tok=c");
  }

  @Test
  void targetLabels_overridePathPrefixParamsAndName() {
    ScrapeConfig config = Configs.named("", "http", "/config", Configs.GOROUTINE);
    Target target =
        only(
            config,
            Labels.of(
                "__address__", "a:1",
                "__profile_path__", "/own?x=1",
                "__profile_path_prefix__", "/p/",
                "__param_x", "2",
                "__param_y", "&",
                "__name__", "mine"));
    assertThat(target.url()).hasToString("http://a:1/p/own?x=2&y=%26");
    assertThat(target.labels().get("__name__")).isEqualTo("mine");
    assertThat(only(config, Labels.of("__address__", "a:1")).url())
        .hasToString("http://a:1/config/debug/pprof/goroutine");
  }

  @Test
  void timedTarget_mayTakeItsSecondsOnTopOfTheTimeout() {
    assertThat(
            only(Configs.of(Configs.CPU), Labels.of("__address__", "a:1")).plan().deadlineMillis())
        .isEqualTo(24_000);
    assertThat(
            only(Configs.of(Configs.MEMORY), Labels.of("__address__", "a:1"))
                .plan()
                .deadlineMillis())
        .isEqualTo(10_000);
    Target own =
        only(Configs.of(Configs.CPU), Labels.of("__address__", "a:1", "__param_seconds", "3"));
    assertThat(own.url()).hasToString("http://a:1/debug/pprof/profile?seconds=3");
    assertThat(own.plan().deadlineMillis()).isEqualTo(13_000);
  }

  @Test
  void cumulativeTypes_areSubtractedUnlessTheTargetDoesIt() {
    assertThat(only(Configs.of(Configs.MEMORY), Labels.of("__address__", "a:1")).delta())
        .isEqualTo(DeltaMode.SUBTRACT);
    assertThat(only(Configs.of(Configs.GOROUTINE), Labels.of("__address__", "a:1")).delta())
        .isEqualTo(DeltaMode.NONE);
    assertThat(
            only(
                    Configs.of(Configs.MEMORY),
                    Labels.of("__address__", "a:1", "__param_seconds", "5"))
                .delta())
        .isEqualTo(DeltaMode.NONE);
    Target godelta =
        only(Configs.of(Configs.type("godeltaprof_memory")), Labels.of("__address__", "a:1"));
    assertThat(godelta.delta()).isEqualTo(DeltaMode.NONE);
    assertThat(godelta.labels().get("__name__")).isEqualTo("memory");
    assertThat(godelta.url()).hasToString("http://a:1/debug/pprof/delta_heap");
  }

  @Test
  void duplicate_isDroppedNamingTheWinner() {
    Targets targets =
        create(
            Configs.of(Configs.MEMORY),
            Labels.of("__address__", "a:1", "n", "first"),
            Labels.of("__address__", "a:1", "n", "second"));
    assertThat(targets.active())
        .extracting(target -> target.labels().get("n"))
        .containsExactly("first");
    assertThat(targets.dropped())
        .singleElement()
        .satisfies(
            dropped -> {
              assertThat(dropped.reason()).isEqualTo(Reason.DUPLICATE);
              assertThat(dropped.discoveredLabels().get("n")).isEqualTo("second");
              assertThat(dropped.detail()).contains("first");
            });
  }

  @Test
  void sameTypeTwiceUnderOneUrl_isNoDuplicateAcrossTypes() {
    Labels labels = Labels.of("__address__", "a:1", "__profile_path__", "/all");
    assertThat(create(Configs.of(Configs.MEMORY, Configs.GOROUTINE), labels).active()).hasSize(2);
  }

  @Test
  void limits_keepTheFirstAndSayWhich() {
    ScrapeLimits limits = new ScrapeLimits(0, 0, 1, 4, 12, 9);
    ScrapeConfig config = Configs.with(Map.of(), limits, Configs.MEMORY);
    Targets targets =
        create(
            config,
            Labels.of("__address__", "a:1", "way_too_long_name", "v", "service_name", "s"),
            Labels.of("__address__", "b:1", "name", "way too long", "service_name", "s"),
            Labels.of("__address__", "c:1", "a", "1", "b", "2", "c", "3", "service_name", "s"),
            Labels.of("__address__", "d:1", "service_name", "s"),
            Labels.of("__address__", "e:1", "service_name", "s"));
    assertThat(targets.active()).extracting(Target::process).containsExactly("http://d:1");
    assertThat(targets.dropped()).extracting(DroppedTarget::reason).containsOnly(Reason.LIMIT);
    assertThat(targets.dropped())
        .extracting(DroppedTarget::detail)
        .satisfiesExactly(
            detail -> assertThat(detail).contains("label_name_length_limit = 12"),
            detail -> assertThat(detail).contains("label_value_length_limit = 9"),
            detail -> assertThat(detail).contains("label_limit = 4"),
            detail -> assertThat(detail).contains("target_limit = 1"));
  }

  @Test
  void badLabels_areDroppedNotSent() {
    assertThat(
            create(Configs.of(Configs.MEMORY), Labels.of("__address__", "a:1", "bad-name", "v"))
                .dropped())
        .singleElement()
        .extracting(DroppedTarget::detail)
        .asString()
        .contains("bad-name");
    assertThat(
            create(Configs.of(Configs.MEMORY), Labels.of("__address__", "a:1", "x", "\ud800"))
                .dropped())
        .singleElement()
        .extracting(DroppedTarget::detail)
        .asString()
        .contains("Unicode");
    assertThat(
            create(
                    Configs.of(Configs.MEMORY),
                    Labels.of("__address__", "a:1", "x", "\ud83d\ude00\u0007"))
                .active())
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "__meta_kubernetes_pod_annotation_pyroscope_io_service_name, annotated",
    "__meta_docker_container_name, annotated",
    "__meta_dockerswarm_container_label_service_name, annotated",
    "__meta_dockerswarm_service_name, annotated",
    "service_name, annotated",
  })
  void serviceName_isInferred(String label, String value) {
    assertThat(
            only(Configs.of(Configs.MEMORY), Labels.of("__address__", "a:1", label, value))
                .labels()
                .get("service_name"))
        .isEqualTo(value);
  }

  @Test
  void serviceName_ofAPod_isNamespaceAndContainer_andTheAnnotationWins() {
    Labels pod =
        Labels.of(
            "__address__",
            "a:1",
            "__meta_kubernetes_namespace",
            "ns",
            "__meta_kubernetes_pod_container_name",
            "c",
            "__meta_docker_container_name",
            "d");
    assertThat(only(Configs.of(Configs.MEMORY), pod).labels().get("service_name"))
        .isEqualTo("ns/c");
    Labels annotated =
        pod.toBuilder()
            .set("__meta_kubernetes_pod_annotation_pyroscope_io_service_name", "mine")
            .build();
    assertThat(only(Configs.of(Configs.MEMORY), annotated).labels().get("service_name"))
        .isEqualTo("mine");
  }

  private static Target only(ScrapeConfig config, Labels labels) {
    Targets targets = create(config, labels);
    assertThat(targets.dropped()).isEmpty();
    assertThat(targets.active()).hasSize(1);
    return targets.active().get(0);
  }

  private static Targets create(ScrapeConfig config, Labels... discovered) {
    return new TargetFactory(config).create(List.of(discovered));
  }
}
