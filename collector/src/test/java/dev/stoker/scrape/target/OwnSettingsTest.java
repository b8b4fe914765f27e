package dev.stoker.scrape.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.discovery.DroppedTarget.Reason;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.loop.Configs;
import dev.stoker.scrape.target.ScrapeConfig.Timing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnSettingsTest {
  @Test
  void labels_winOverTheComponent_andShareItsTimingRules() {
    Targets targets =
        create(
            Configs.of(Configs.CPU, Configs.MEMORY),
            "__scrape_interval__",
            "1m30s",
            "__scrape_timeout__",
            "500ms",
            "__max_body_size__",
            "2MiB",
            "__max_inflated_size__",
            "0");

    assertThat(targets.dropped()).isEmpty();
    assertThat(targets.active())
        .extracting(Target::plan)
        .containsExactly(
            new Target.Plan(90_000, 89, 89_500, 2 << 20, 64 << 20),
            new Target.Plan(90_000, 0, 500, 2 << 20, 64 << 20));
    assertThat(targets.active().get(0).url())
        .hasToString("http://a:1/debug/pprof/profile?seconds=89");
  }

  @Test
  void labels_makeLimitsNarrower_neverWider_andItIsSaid() {
    Target target =
        create(
                Configs.of(Configs.MEMORY),
                "__scrape_interval__",
                "100ms",
                "__scrape_timeout__",
                "1h",
                "__max_body_size__",
                "2000MiB",
                "__max_inflated_size__",
                "0")
            .active()
            .get(0);

    assertThat(target.plan()).isEqualTo(new Target.Plan(1_000, 0, 10_000, 16 << 20, 64 << 20));
    assertThat(OwnSettings.narrowed(target))
        .isEqualTo(
            "its label __scrape_interval__ counts as 1000 ms, the shortest there is; its label"
                + " __scrape_timeout__ counts as 10000 ms, which the component allows; its label"
                + " __max_body_size__ counts as 16777216 bytes, which the component allows; its"
                + " label __max_inflated_size__ counts as 67108864 bytes, which the component"
                + " allows");
    Target usual = create(Configs.of(Configs.MEMORY), "__max_body_size__", "1MiB").active().get(0);
    assertThat(OwnSettings.narrowed(usual)).isEmpty();
  }

  @Test
  void withoutLimits_inflatedProfilesStillHaveOne() {
    ScrapeLimits none = new ScrapeLimits(0, 0, 0, 0, 0, 0);
    Target target =
        create(Configs.with(Map.of(), none, Configs.MEMORY), "__max_body_size__", "2000MiB")
            .active()
            .get(0);
    assertThat(target.plan()).isEqualTo(new Target.Plan(15_000, 0, 10_000, 2000L << 20, 256 << 20));
    assertThat(OwnSettings.narrowed(target)).isEmpty();
  }

  @Test
  void otherInterval_isAnotherLoop_andSetsNoLabelThatIsSent() {
    Target usual = create(Configs.of(Configs.MEMORY)).active().get(0);
    Target own = create(Configs.of(Configs.MEMORY), "__scrape_interval__", "30s").active().get(0);

    assertThat(own.key()).isNotEqualTo(usual.key());
    assertThat(own.labels().filter(name -> !name.startsWith("__")))
        .isEqualTo(usual.labels().filter(name -> !name.startsWith("__")));
  }

  @ParameterizedTest
  @CsvSource({
    "__scrape_interval__, 15",
    "__scrape_interval__, 0s",
    "__scrape_interval__, -5s",
    "__scrape_interval__, 50ms",
    "__scrape_interval__, 999999999d",
    "__scrape_interval__, 999999999d999999999d999999999d999999999d",
    "__scrape_interval__, '15s '",
    "__scrape_timeout__, soon",
    "__scrape_timeout__, 0ms",
    "__max_body_size__, 5 apples",
    "__max_body_size__, -1",
    "__max_inflated_size__, 2048MiB",
    "__max_inflated_size__, 99999999999999999999",
  })
  void badValue_dropsTheTargetAlone_andSaysWhatToWrite(String label, String value) {
    Targets targets =
        new TargetFactory(Configs.of(Configs.MEMORY))
            .create(
                List.of(
                    Labels.of("__address__", "bad:1", label, value),
                    Labels.of("__address__", "good:1")));

    assertThat(targets.active()).extracting(Target::process).containsExactly("http://good:1");
    assertThat(targets.dropped())
        .singleElement()
        .satisfies(
            dropped -> {
              assertThat(dropped.reason()).isEqualTo(Reason.INVALID);
              assertThat(dropped.detail()).startsWith(label).contains("write one such as");
            });
  }

  @Test
  void timedTypes_needTwoSeconds_andRoomForTheirDuration() {
    assertThat(create(Configs.of(Configs.MEMORY), "__scrape_interval__", "1s").active()).hasSize(1);
    assertThat(detail(Configs.of(Configs.CPU), "1s")).contains("at least 2s");

    ScrapeConfig base = Configs.of(Configs.CPU);
    ScrapeConfig fixed =
        new ScrapeConfig(
            base.component(),
            base.targets(),
            base.forwardTo(),
            base.jobName(),
            base.scheme(),
            Map.of(),
            new Timing(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(20)),
            base.profileTypes(),
            base.pathPrefix(),
            base.limits(),
            base.http(),
            Source.PPROF,
            ScrapeConfig.Selection.DEFAULT);
    assertThat(detail(fixed, "15s")).contains("delta_profiling_duration", "1s shorter");
    assertThat(create(fixed, "__scrape_interval__", "21s").active()).hasSize(1);
  }

  private static String detail(ScrapeConfig config, String interval) {
    return create(config, "__scrape_interval__", interval).dropped().get(0).detail();
  }

  private static Targets create(ScrapeConfig config, String... labels) {
    Labels all = Labels.of("__address__", "a:1").toBuilder().setAll(Labels.of(labels)).build();
    return new TargetFactory(config).create(List.of(all));
  }
}
