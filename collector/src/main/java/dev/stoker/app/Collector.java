package dev.stoker.app;

import dev.stoker.admin.AdminServer;
import dev.stoker.admin.ComponentView;
import dev.stoker.admin.ComponentsApi;
import dev.stoker.admin.EndpointsApi;
import dev.stoker.admin.TargetsApi;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.config.LoadedConfig;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.http.HttpSettings;
import dev.stoker.profile.Appender;
import dev.stoker.profile.FanOut;
import dev.stoker.scrape.ByteBudget;
import dev.stoker.scrape.HttpScraper;
import dev.stoker.scrape.ProfilerGate;
import dev.stoker.scrape.ScrapeClient;
import dev.stoker.scrape.ScrapeComponent;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.scrape.ScrapeServices;
import dev.stoker.scrape.Workspaces;
import dev.stoker.selfprofile.JvmProfiler;
import dev.stoker.selfprofile.ProfilerRoutes;
import dev.stoker.store.LocalStore;
import dev.stoker.store.StaticPages;
import dev.stoker.store.StoreConfig;
import dev.stoker.store.StoreQueries;
import dev.stoker.store.StoreRoutes;
import dev.stoker.write.PyroscopeWrite;
import dev.stoker.write.WriteConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClient;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one verticle: owner of the control context, builds the graph, starts it in order and stops it
 * in reverse: scrapes first, then what delivers them, then the rest.
 */
final class Collector extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(Collector.class);

  /** Running scrapes may end by themselves; a default CPU profile takes 14 s. */
  private static final long DRAIN_SCRAPES_MILLIS = 15_500;

  private static final long FLUSH_MILLIS = 7_500;

  private final LoadedConfig config;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final CpuPool cpuPool = new CpuPool(cpuThreads());
  private final Workspaces workspaces = new Workspaces();
  private final List<PyroscopeWrite> writes = new ArrayList<>();
  private final List<LocalStore> stores = new ArrayList<>();
  private final List<ScrapeComponent> scrapes = new ArrayList<>();
  private final List<HttpSettings> httpSettings = new ArrayList<>();
  private final List<Future<Void>> opened = new ArrayList<>();
  private @Nullable TargetGraph graph;
  private final Map<String, Appender> receivers = new LinkedHashMap<>();
  private @Nullable HttpClient scrapeClient;
  private @Nullable AdminServer adminServer;
  private @Nullable ProfilerRoutes selfProfile;
  private boolean ready;

  Collector(LoadedConfig config) {
    this.config = config;
  }

  static int cpuThreads() {
    return Math.max(1, Runtime.getRuntime().availableProcessors());
  }

  @Override
  public Future<?> start() {
    VertxTimers timers = new VertxTimers(vertx, context);
    ProcessMetrics.register(registry);
    PyroscopeWrite.Services services =
        new PyroscopeWrite.Services(vertx, timers, registry, Version.userAgent());
    for (WriteConfig write : config.writes()) {
      PyroscopeWrite created = new PyroscopeWrite(write, services, http -> settings(http, timers));
      writes.add(created);
      receivers.put(write.component(), created);
    }
    for (StoreConfig store : config.stores()) {
      LocalStore created = new LocalStore(store, config.daemon().storage(), timers);
      stores.add(created);
      receivers.put(store.component(), created);
    }
    AdminServer admin = new AdminServer(vertx, registry, this::isReady);
    adminServer = admin;
    new TargetsApi(
            () -> scrapes.stream().flatMap(scrape -> scrape.active().stream()).toList(),
            this::dropped)
        .mount(admin.router());
    new EndpointsApi(() -> writes.stream().flatMap(write -> write.status().stream()).toList())
        .mount(admin.router());
    new ComponentsApi(this::components).mount(admin.router());
    new StoreRoutes(new StoreQueries(() -> stores, cpuPool), timers).mount(admin.router());
    ProfilerRoutes profiler = new ProfilerRoutes(vertx, timers, new JvmProfiler(Clock.systemUTC()));
    selfProfile = profiler;
    profiler.mount(admin.router());
    new StaticPages().mount(admin.router());

    return Future.all(stores.stream().map(LocalStore::start).toList())
        .compose(ignored -> admin.listen(config.daemon().host(), config.daemon().port()))
        .compose(ignored -> startScrapes(timers))
        .onSuccess(ignored -> ready = true);
  }

  private Future<?> startScrapes(VertxTimers timers) {
    HttpClient client = ScrapeClient.create(vertx);
    scrapeClient = client;
    ByteBudget budget = new ByteBudget(HeapPlan.BODIES_IN_FLIGHT);
    ProfilerGate gate = new ProfilerGate();
    TargetGraph targets =
        TargetGraphs.of(config.components(), new Discoverers(vertx, context, timers), timers);
    graph = targets;
    for (ScrapeConfig scrape : config.scrapes()) {
      List<Appender> appenders =
          scrape.forwardTo().stream().map(receivers::get).filter(a -> a != null).toList();
      HttpSettings http = settings(scrape.http(), timers);
      ScrapeServices services =
          new ScrapeServices(
              timers,
              new HttpScraper(client, timers, budget, Version.userAgent(), http),
              gate,
              new ScrapeServices.Cpu(cpuPool, workspaces),
              registry,
              HostSeed.seed());
      ScrapeComponent component = new ScrapeComponent(scrape, services, new FanOut(appenders));
      scrapes.add(component);
      targets.consume(scrape.component(), scrape.targets(), component::targets);
    }
    return Future.all(opened).onSuccess(ignored -> targets.start());
  }

  private HttpSettings settings(HttpClientConfig http, VertxTimers timers) {
    HttpSettings created = new HttpSettings(http, vertx, timers);
    httpSettings.add(created);
    opened.add(created.open());
    return created;
  }

  private List<DroppedTarget> dropped() {
    TargetGraph targets = graph;
    Stream<DroppedTarget> before =
        targets == null
            ? Stream.empty()
            : targets.nodes().stream().flatMap(node -> node.dropped().stream());
    return Stream.concat(before, scrapes.stream().flatMap(scrape -> scrape.dropped().stream()))
        .toList();
  }

  private List<ComponentView> components() {
    ComponentViews views =
        new ComponentViews(
            graph == null ? List.of() : graph.nodes(),
            scrapes,
            writes.stream().flatMap(write -> write.status().stream()).toList());
    return config.components().stream().map(views::of).toList();
  }

  private boolean isReady() {
    return ready && graph != null && graph.ready();
  }

  @Override
  public Future<?> stop() {
    ready = false;
    Future<?> discovery = graph == null ? Future.succeededFuture() : graph.stop();
    long cut = vertx.setTimer(DRAIN_SCRAPES_MILLIS, ignored -> stopScrapes(true));
    return stopScrapes(false)
        .compose(
            ignored -> {
              vertx.cancelTimer(cut);
              log.debug("scrapes have ended, delivering what is queued");
              return Future.join(writes.stream().map(w -> w.stop(FLUSH_MILLIS)).toList());
            })
        .onComplete(ignored -> log.debug("delivery has ended"))
        .transform(ignored -> Future.join(stores.stream().map(LocalStore::stop).toList()))
        .transform(
            ignored -> {
              httpSettings.forEach(HttpSettings::close);
              workspaces.close();
              cpuPool.close();
              return Future.join(closeHttp(), discovery);
            });
  }

  private Future<?> closeHttp() {
    Future<?> client = scrapeClient == null ? Future.succeededFuture() : scrapeClient.close();
    Future<?> server = adminServer == null ? Future.succeededFuture() : adminServer.stop();
    Future<?> recording = selfProfile == null ? Future.succeededFuture() : selfProfile.stop();
    return Future.join(client, server, recording);
  }

  private Future<Void> stopScrapes(boolean now) {
    if (scrapes.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    Future.join(scrapes.stream().map(scrape -> scrape.stop(now)).toList())
        .onComplete(ignored -> done.complete());
    return done.future();
  }
}
