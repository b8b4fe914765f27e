package dev.stoker.app;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.http.HttpSettings;
import dev.stoker.http.WatchedClient;
import dev.stoker.pprof.BaselineBudget;
import dev.stoker.pprof.SampleLabels;
import dev.stoker.profile.Appender;
import dev.stoker.profile.Verdicts;
import dev.stoker.profile.relabel.ProfileRelabel;
import dev.stoker.profile.relabel.ProfileRelabelConfig;
import dev.stoker.profile.relabel.SampleEditing;
import dev.stoker.profile.relabel.UnderWay;
import dev.stoker.scrape.Baselines;
import dev.stoker.scrape.BodyBudget;
import dev.stoker.scrape.HttpScraper;
import dev.stoker.scrape.ProfilerGate;
import dev.stoker.scrape.ScrapeClient;
import dev.stoker.scrape.ScrapeComponent;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.scrape.ScrapeLimits;
import dev.stoker.scrape.ScrapeServices;
import dev.stoker.scrape.Scraper;
import dev.stoker.scrape.Source;
import dev.stoker.scrape.Workspaces;
import dev.stoker.source.OwnNames;
import dev.stoker.store.LocalStore;
import dev.stoker.store.RecentProfiles;
import dev.stoker.store.StoreConfig;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.pyroscope.PyroscopeWrite;
import dev.stoker.write.pyroscope.WriteConfig;
import dev.stoker.write.queue.QueueGauges;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the components of a graph share, whatever its config is, and how each kind of component is
 * made of it. Lives as long as the daemon.
 */
final class Workshop {
  private final Vertx vertx;
  private final Timers timers;
  private final MeterRegistry registry;
  private final Path storage;
  private final DiskQueues queues;
  private final QueueGauges gauges;
  private final Baselines baselines;
  private final Verdicts verdicts = new Verdicts();
  private final CpuPool cpuPool = new CpuPool(Collector.cpuThreads());
  private final Workspaces workspaces;
  private final BodyBudget budget;
  private final RecentProfiles recent;
  private final TargetBudget discovered;
  private final ProfilerGate gate = new ProfilerGate();
  private final UnderWay underWay = new UnderWay();
  private final WatchedClient scrapeClient;
  private @Nullable OwnNames names;

  /**
   * Control context only.
   *
   * @param plan who may hold how many bytes of the heap
   */
  Workshop(Vertx vertx, Timers timers, MeterRegistry registry, Path storage, HeapPlan plan) {
    this.vertx = vertx;
    this.timers = timers;
    this.registry = registry;
    this.storage = storage;
    this.queues = new DiskQueues(storage, vertx.getOrCreateContext());
    this.gauges = new QueueGauges(registry, timers);
    this.baselines = new Baselines(timers, storage, baselineBudget(registry, plan));
    this.budget = new BodyBudget(plan.bodies(), timers);
    budget.measure(registry);
    this.workspaces = new Workspaces(plan.inflating());
    this.recent = new RecentProfiles(plan.recent());
    this.discovered = new TargetBudget(plan.discovered());
    this.scrapeClient = ScrapeClient.create(vertx, timers);
  }

  private static BaselineBudget baselineBudget(MeterRegistry registry, HeapPlan plan) {
    BaselineBudget budget = new BaselineBudget(plan.baselines());
    Gauge.builder("stoker.baseline.memory", budget, BaselineBudget::used)
        .description("Bytes of the baselines of all cumulative profiles")
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
    Gauge.builder("stoker.baseline.memory.limit", budget, BaselineBudget::capacity)
        .description("What the baselines of all cumulative profiles together may take")
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
    return budget;
  }

  /** All sources of targets share this. */
  TargetBudget discovered() {
    return discovered;
  }

  Timers timers() {
    return timers;
  }

  CpuPool cpuPool() {
    return cpuPool;
  }

  RecentProfiles recent() {
    return recent;
  }

  MeterRegistry registry() {
    return registry;
  }

  HttpSettings settings(HttpClientConfig config) {
    return new HttpSettings(config, vertx, timers);
  }

  PyroscopeWrite write(WriteConfig config, Function<HttpClientConfig, HttpSettings> http) {
    return new PyroscopeWrite(
        config,
        new PyroscopeWrite.Services(
            vertx, timers, registry, gauges, Version.userAgent(), this::edit, verdicts),
        queues,
        http);
  }

  ProfileRelabel relabel(ProfileRelabelConfig config, Appender forwardTo) {
    SampleEditing editing =
        (body, editor, done, failed) ->
            edit(body, editor)
                .onComplete(
                    result -> {
                      if (result.succeeded()) {
                        done.accept(result.result());
                      } else {
                        failed.accept(result.cause());
                      }
                    });
    return new ProfileRelabel(
        config, new ProfileRelabel.Way(forwardTo, editing, verdicts, underWay), registry);
  }

  /** This counts what every <code>pyroscope.relabel</code> has begun to edit. */
  UnderWay underWay() {
    return underWay;
  }

  /** On the CPU pool, within the default bound of what a body may inflate to. */
  Future<SampleLabels.Edited> edit(byte[] body, SampleLabels.Editor editor) {
    long limit = ScrapeLimits.DEFAULT.maxInflatedSize();
    return cpuPool.submit(
        () -> workspaces.use(workspace -> SampleLabels.edit(body, limit, editor, workspace)));
  }

  DiskQueues queues() {
    return queues;
  }

  Baselines baselines() {
    return baselines;
  }

  LocalStore store(StoreConfig config) {
    return new LocalStore(config, storage, timers);
  }

  /** Reads what this daemon is called in other processes; before any scrape. */
  Future<Void> openNames() {
    return vertx
        .executeBlocking(() -> new OwnNames(InstanceId.of(storage), InstanceId.random()), false)
        .map(
            read -> {
              names = read;
              return null;
            });
  }

  /**
   * How the targets of a source are asked.
   *
   * @param settings those of now: a reload may exchange them
   */
  Scraper scraper(Source source, Supplier<HttpSettings> settings) {
    OwnNames own = Objects.requireNonNull(names, "openNames comes first");
    HttpScraper.Tools tools =
        new HttpScraper.Tools(scrapeClient, timers, budget, Version.userAgent());
    return new Scrapers(tools, cpuPool, baselines.budget(), own).of(source, settings);
  }

  ScrapeComponent scrape(ScrapeConfig config, Scraper scraper, Appender forwardTo) {
    return new ScrapeComponent(
        config,
        new ScrapeServices(
            timers,
            scraper,
            gate,
            new ScrapeServices.Cpu(cpuPool, workspaces),
            baselines,
            verdicts,
            registry,
            HostSeed.seed()),
        forwardTo);
  }

  Future<Void> close() {
    workspaces.close();
    cpuPool.close();
    return Future.join(queues.stop(), scrapeClient.close()).mapEmpty();
  }
}
