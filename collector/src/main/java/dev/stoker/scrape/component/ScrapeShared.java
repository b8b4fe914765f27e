package dev.stoker.scrape.component;

import dev.stoker.component.Services;
import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.TargetBudget;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.connection.WatchedClient;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.pprof.shared.BodyWork;
import dev.stoker.profile.Appender;
import dev.stoker.profile.PushedProfiles;
import dev.stoker.scrape.baseline.Baselines;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.HttpScraper;
import dev.stoker.scrape.fetch.ScrapeClient;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.loop.Pushers;
import dev.stoker.scrape.loop.ScrapeComponent;
import dev.stoker.scrape.loop.ScrapeServices;
import dev.stoker.scrape.schedule.LastScrapeSlots;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.schedule.ScrapeSlots;
import dev.stoker.scrape.source.OwnNames;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.transform.BodyCpu;
import dev.stoker.store.RecentProfiles;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything that all scrape components of the daemon share. The control context owns it. */
final class ScrapeShared {
  /** At a stop all targets are due at once; so many at a time are asked. */
  private static final int LAST_SCRAPES = 64;

  private final Services services;
  private final Baselines baselines;
  private final BodyBudget budget;
  private final TargetBudget loops;
  private final ScrapeSlots slots;
  private final ProcessGates gate;
  private final WatchedClient client;
  private final LastScrapeSlots lastScrapes = new LastScrapeSlots(LAST_SCRAPES);
  private final Pushers pushers;
  private @Nullable OwnNames names;

  private ScrapeShared(Services services) {
    this.services = services;
    this.budget = new BodyBudget(services.heap("bodies"), services.timers());
    budget.measure(services.registry());
    this.gate = new ProcessGates(services.timers());
    this.loops = new TargetBudget(services.heap("loops")).measure(services.registry(), "loops");
    this.baselines = new Baselines(services.timers(), services.storage(), baselineBudget(services));
    Connections connections = Connections.of(services);
    this.slots = new ScrapeSlots(connections.slots()).measure(services.registry());
    this.client = ScrapeClient.create(services.vertx(), services.timers(), connections.kept());
    this.pushers =
        new Pushers(
            services.shared(PushedProfiles.class, ignored -> new PushedProfiles()),
            names(services),
            services.timers());
    measure(services.registry(), connections);
    services.onStop(baselines::save);
    services.onClose(client::close);
    services.onClose(baselines::commit);
  }

  /**
   * By the system's resolver, as the JDK's own clients ask: it knows /etc/hosts. It may take long,
   * so it has a thread of its own.
   */
  private static Function<String, Future<List<String>>> names(Services services) {
    WorkerExecutor thread = services.vertx().createSharedWorkerExecutor("stoker-names", 1);
    services.onClose(thread::close);
    return host ->
        thread.executeBlocking(
            () ->
                Arrays.stream(InetAddress.getAllByName(host))
                    .map(InetAddress::getHostAddress)
                    .toList(),
            false);
  }

  private void measure(MeterRegistry registry, Connections connections) {
    Gauge.builder("stoker.scrape.connections", client, WatchedClient::connections)
        .description("Connections to targets that are open")
        .strongReference(true)
        .register(registry);
    Gauge.builder("stoker.scrape.connections.limit", connections::all)
        .description("Connections to targets that may be open, besides those of timed profiles")
        .strongReference(true)
        .register(registry);
  }

  /** The daemon's. */
  static ScrapeShared of(Services services) {
    return services.shared(ScrapeShared.class, ScrapeShared::new);
  }

  private static BaselineBudget baselineBudget(Services services) {
    MeterRegistry registry = services.registry();
    BaselineBudget budget = new BaselineBudget(services.heap("baselines"));
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

  /** Reads what this daemon is called in other processes. */
  Future<Void> openNames() {
    return services
        .vertx()
        .executeBlocking(
            () -> new OwnNames(InstanceId.of(services.storage().path()), InstanceId.random()),
            false)
        .map(
            read -> {
              names = read;
              return null;
            });
  }

  Baselines baselines() {
    return baselines;
  }

  Timers timers() {
    return services.timers();
  }

  /** One for each last scrape that may run at once. */
  LastScrapeSlots lastScrapes() {
    return lastScrapes;
  }

  /**
   * How the targets of a source are asked.
   *
   * @param settings those of now: a reload may exchange them
   */
  Scraper scraper(Source source, Supplier<ClientAccess> settings) {
    OwnNames own = Objects.requireNonNull(names, "openNames comes first");
    HttpScraper.Tools tools =
        new HttpScraper.Tools(client, services.timers(), budget, services.userAgent());
    return new Scrapers(tools, services.cpuPool(), baselines.budget(), own).of(source, settings);
  }

  ScrapeComponent component(ScrapeConfig config, Scraper scraper, Appender forwardTo) {
    return new ScrapeComponent(
        config,
        new ScrapeServices(
            services.timers(),
            scraper,
            gate,
            slots,
            new BodyCpu(services.cpuPool(), BodyWork.of(services).workspaces()),
            baselines,
            loops,
            services.verdicts(),
            pushers,
            services.registry(),
            HostSeed.seed()),
        RecentProfiles.of(services).beside(forwardTo));
  }

  /** The meters of a component that has left. */
  void forget(String component) {
    services.registry().getMeters().stream()
        .filter(meter -> component.equals(meter.getId().getTag("component")))
        .forEach(services.registry()::remove);
  }
}
