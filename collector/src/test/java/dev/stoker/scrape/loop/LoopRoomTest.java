package dev.stoker.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.codec.Codecs;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.TargetList;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.baseline.Baselines;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.schedule.ScrapeSlots;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import dev.stoker.scrape.transform.BodyCpu;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two components share the room for loops. */
class LoopRoomTest {
  private final ManualTimers timers = new ManualTimers(0);
  private final CpuPool cpu = new CpuPool(1);
  private final ScrapeConfig config = Configs.of(Configs.MEMORY);
  private final long loop = LoopWeight.of(new TargetFactory(config).expandOne(target(10)));

  /** For ten loops, and the reserve. */
  private final TargetBudget room = new TargetBudget((10 * loop + loop / 2) * 32 / 31);

  @AfterEach
  void close() {
    cpu.close();
  }

  @Test
  void whatHasNoRoom_isDroppedAsLimit_andComesInWhenTheOtherComponentEnds() {
    ScrapeComponent one = component();
    ScrapeComponent two = component();
    one.targets(targets());
    two.targets(targets());
    assertThat(one.active()).hasSize(7);
    assertThat(one.leftOut()).isEmpty();
    assertThat(two.active()).hasSize(3);
    assertThat(two.dropped())
        .hasSize(4)
        .allMatch(drop -> drop.reason() == DroppedTarget.Reason.LIMIT)
        .allMatch(drop -> drop.detail().equals(two.leftOut()));
    assertThat(two.leftOut())
        .startsWith("4 of 7 targets are left out (reason limit)")
        .contains("; 3 fit into the ");
    timers.advance(60_000);
    assertThat(two.active()).hasSize(3);

    one.stop(true);
    timers.advance(10_000);
    assertThat(two.active()).hasSize(7);
    assertThat(two.dropped()).isEmpty();
    assertThat(two.leftOut()).isEmpty();

    two.stop(true);
    assertThat(room.used()).isZero();
    timers.advance(120_000);
    assertThat(timers.pending()).isZero();
  }

  private static TargetList targets() {
    List<Labels> targets = new ArrayList<>();
    for (int port = 10; port < 17; port++) {
      targets.add(target(port));
    }
    return TargetList.of(targets);
  }

  private static Labels target(int port) {
    return Labels.of("__address__", "h:" + port);
  }

  private ScrapeComponent component() {
    return new ScrapeComponent(
        config,
        new ScrapeServices(
            timers,
            target -> new Refused(target),
            new ProcessGates(timers),
            ScrapeSlots.unbounded(),
            new BodyCpu(cpu, new Workspaces(1 << 20, Codecs::jdk)),
            new Baselines(timers, null, new BaselineBudget(1 << 20)),
            room,
            new Verdicts(),
            new Pushers(new PushedProfiles(), host -> Future.succeededFuture(List.of()), timers),
            new SimpleMeterRegistry(),
            1),
        profile -> true);
  }

  private record Refused(Target target) implements Scraper.InFlight {
    @Override
    public Future<ScrapeResult> result() {
      return Future.succeededFuture(
          new ScrapeResult.Failed(Outcome.UNREACHABLE, target.url() + " refuses"));
    }

    @Override
    public void cancel() {}

    @Override
    public void release() {}
  }
}
