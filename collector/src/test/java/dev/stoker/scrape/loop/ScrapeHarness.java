package dev.stoker.scrape.loop;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.discovery.TargetList;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.labels.Labels;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.profile.Profile;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.profile.Verdicts;
import dev.stoker.scrape.baseline.Baselines;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.HttpScraper;
import dev.stoker.scrape.fetch.ScrapeClient;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.schedule.ScrapeSlots;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.transform.BodyCpu;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A scrape component on a real Vert.x, as the daemon wires it, recording what it hands on. */
final class ScrapeHarness implements AutoCloseable {
  final List<Profile> appended = new CopyOnWriteArrayList<>();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final BodyBudget budget;
  volatile boolean accept = true;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final CpuPool cpuPool = new CpuPool(2);
  private final ScrapeComponent component;

  private record Parts(ScrapeComponent component, BodyBudget budget) {}

  /** How the targets are asked, on top of plain requests. */
  interface Asking {
    Scraper scraper(Scraper http, Timers timers, CpuPool cpu);
  }

  ScrapeHarness(ScrapeConfig config, Labels... targets) {
    this(config, (http, timers, cpu) -> http, targets);
  }

  ScrapeHarness(ScrapeConfig config, Asking asking, Labels... targets) {
    this(config, asking, 64L << 20, targets);
  }

  ScrapeHarness(ScrapeConfig config, long bodies, Labels... targets) {
    this(config, (http, timers, cpu) -> http, bodies, targets);
  }

  private ScrapeHarness(ScrapeConfig config, Asking asking, long bodies, Labels... targets) {
    Parts parts =
        onContext(
            () -> {
              Timers timers = new VertxTimers(vertx, context);
              BodyBudget all = new BodyBudget(bodies, timers);
              all.measure(registry);
              Scraper http =
                  new HttpScraper(
                      new HttpScraper.Tools(
                          ScrapeClient.create(vertx, timers), timers, all, "Stoker/test"),
                      ClientAccess.plain(vertx, timers));
              ScrapeServices services =
                  new ScrapeServices(
                      timers,
                      asking.scraper(http, timers, cpuPool),
                      new ProcessGates(timers),
                      ScrapeSlots.unbounded(),
                      new BodyCpu(
                          cpuPool, new Workspaces(256L << 20, dev.stoker.codec.Codecs::jdk)),
                      new Baselines(timers, null, new BaselineBudget(256L << 20)),
                      TargetBudget.unbounded(),
                      new Verdicts(),
                      new Pushers(
                          new PushedProfiles(), host -> Future.succeededFuture(List.of()), timers),
                      registry,
                      1);
              ScrapeComponent created =
                  new ScrapeComponent(
                      config,
                      services,
                      profile -> {
                        appended.add(profile);
                        return accept;
                      });
              created.targets(TargetList.of(List.of(targets)));
              return new Parts(created, all);
            });
    component = parts.component();
    budget = parts.budget();
  }

  List<TargetView> active() {
    return onContext(component::active);
  }

  List<DroppedTarget> dropped() {
    return onContext(component::dropped);
  }

  TargetView view(String address) {
    return active().stream()
        .filter(view -> view.target().url().getAuthority().equals(address))
        .findFirst()
        .orElseThrow();
  }

  void targets(Labels... targets) {
    await(onContext(() -> component.targets(TargetList.of(List.of(targets)))));
  }

  void stop(boolean now) {
    await(onContext(() -> component.stop(now)));
  }

  private <T> T onContext(Callable<T> call) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(
        ignored -> {
          try {
            promise.complete(call.call());
          } catch (Exception e) {
            promise.fail(e);
          }
        });
    return await(promise.future());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    stop(true);
    await(vertx.close());
    cpuPool.close();
  }
}
