package dev.stoker.app.run;

import dev.stoker.admin.AdminRoutes;
import dev.stoker.admin.server.AdminServer;
import dev.stoker.app.log.Logs;
import dev.stoker.app.memory.CpuThreads;
import dev.stoker.app.memory.HeapPlan;
import dev.stoker.component.ComponentGraph;
import dev.stoker.component.Running;
import dev.stoker.component.Services;
import dev.stoker.components.ComponentKinds;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.config.source.Sources;
import dev.stoker.files.FileLimit;
import dev.stoker.files.StorageFolder;
import dev.stoker.http.server.ServerAccess;
import dev.stoker.jvm.own.JvmProfiler;
import dev.stoker.reload.Change;
import dev.stoker.reload.ConfigWatch;
import dev.stoker.reload.ReloadResult;
import dev.stoker.reload.Reloader;
import dev.stoker.schema.Problem;
import dev.stoker.scrape.component.Connections;
import dev.stoker.selfprofile.OwnProfiles;
import dev.stoker.store.RecentProfiles;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one verticle, owner of the control context: what never changes while the daemon runs (admin
 * server, own profile, reloader), around the {@link ComponentGraph}, which every reload changes.
 */
public final class Collector extends VerticleBase {
  /** The time for delivering at a stop. */
  private static final long FLUSH_MILLIS = 7_500;

  private final LoadResult.Loaded first;
  private final HeapPlan plan;
  private final StorageFolder storage;
  private final Supplier<LoadResult> loader;
  private final DaemonSettings settings;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private @Nullable Services services;
  private volatile @Nullable ComponentGraph graph;
  private @Nullable RunningView view;
  private @Nullable Reloader reloader;
  private @Nullable ConfigWatch watch;
  private @Nullable AdminServer adminServer;
  private @Nullable OwnProfiles selfProfile;
  private @Nullable LoopLagMonitor lag;
  private @Nullable DiskSpaceMonitor space;
  private @Nullable OpenFiles openFiles;
  private @Nullable OldGeneration oldGeneration;

  /** The config that works. */
  private LoadedConfig config;

  private boolean started;
  private boolean ready;

  /** A daemon with a config that never changes. */
  public Collector(LoadedConfig config) {
    this(
        unchanging(config),
        HeapPlan.here(config),
        new StorageFolder(config.daemon().storage()),
        () -> unchanging(config));
  }

  /**
   * @param plan the shares of the heap, made from the config as it is written: one whose queues
   *     were fitted already asks for less, and the other parts would get what the queues have
   * @param storage the folder that the config names; closed at the end of a stop
   * @param loader blocking; loads the config again for a reload
   */
  public Collector(
      LoadResult.Loaded first, HeapPlan plan, StorageFolder storage, Supplier<LoadResult> loader) {
    this.first = first;
    this.storage = storage;
    this.config = first.config();
    this.plan = plan;
    this.loader = loader;
    this.settings = new DaemonSettings(first.config().daemon());
  }

  private static LoadResult.Loaded unchanging(LoadedConfig config) {
    return new LoadResult.Loaded(config, List.of(), List.of(), Sources.NONE);
  }

  @Override
  public Future<?> start() {
    VertxTimers timers = new VertxTimers(vertx, context);
    ProcessMetrics.register(registry);
    new InternalErrors(registry).watch(vertx, context);
    LoopLagMonitor late = new LoopLagMonitor(timers, registry);
    lag = late;
    late.start();
    DiskSpaceMonitor room =
        new DiskSpaceMonitor(
            timers, () -> vertx.executeBlocking(() -> room(storage.path()), false), registry);
    space = room;
    room.start();
    OldGeneration old = OldGeneration.here(timers);
    oldGeneration = old;
    old.start();
    Services shared =
        new Services(
            new Services.Daemon(
                vertx,
                context,
                timers,
                registry,
                storage,
                Version.userAgent(),
                CpuThreads.here(),
                plan::share));
    services = shared;
    ComponentGraph running = new ComponentGraph(shared);
    graph = running;
    Reloader reloads = new Reloader(loader, this::change, vertx, timers);
    reloads.register(registry);
    reloader = reloads;
    RunningView seen =
        new RunningView(
            running,
            () -> config,
            RecentProfiles.of(shared),
            new RunningView.Reloads(reloads, () -> reload("request"), this::isReady));
    view = seen;
    OpenFiles limit =
        new OpenFiles(
            timers,
            FileLimit::ofProcess,
            () -> Connections.of(shared).mostOf(seen.active()),
            () -> seen.endpoints().size());
    openFiles = limit;
    limit.start();
    ConfigWatch files = new ConfigWatch(reloads, vertx, timers);
    watch = files;
    AdminServer admin =
        new AdminServer(
            vertx,
            timers,
            new ServerAccess(config.daemon().access(), vertx, timers),
            registry,
            plan.answers());
    adminServer = admin;
    OwnProfiles profiler = new OwnProfiles(vertx, timers, new JvmProfiler(Clock.systemUTC()));
    selfProfile = profiler;
    profiler.start();
    new AdminRoutes(
            seen,
            new AdminRoutes.Services(
                shared.cpuPool(), timers, profiler, registry::scrape, Logs::recent))
        .mount(admin);

    return admin
        .listen(config.daemon().host(), config.daemon().port())
        .compose(ignored -> running.start(ComponentKinds.ALL, config.components()))
        .onSuccess(
            ignored -> {
              started = true;
              reloads.started(first);
              files.enable(config.daemon().watch());
            });
  }

  private static DiskSpaceMonitor.Space room(Path storage) throws IOException {
    FileStore disk = Files.getFileStore(storage);
    return new DiskSpaceMonitor.Space(disk.getUsableSpace(), disk.getTotalSpace());
  }

  /** Says for people what a start that takes long is doing. From any thread. */
  public String starting() {
    ComponentGraph running = graph;
    return running == null ? "making what never changes" : running.starting();
  }

  /** Asks for a reload. SIGHUP calls it, from any thread. */
  public void reloadSoon(String trigger) {
    context.runOnContext(ignored -> reload(trigger));
  }

  private Future<ReloadResult> reload(String trigger) {
    Reloader reloads = reloader;
    return reloads == null || !started
        ? Future.succeededFuture(
            new ReloadResult.Refused(
                List.of(new Problem("", 0, "", "Stoker is starting; ask again"))))
        : reloads.reload(trigger);
  }

  private Future<ReloadResult> change(LoadedConfig next) {
    ComponentGraph running = Objects.requireNonNull(graph);
    RunningView seen = Objects.requireNonNull(view);
    LoopChanges loops = new LoopChanges(seen.active());
    return running.change(next.components()).map(result -> changed(next, result, loops, seen));
  }

  private ReloadResult changed(
      LoadedConfig next, ComponentGraph.Result result, LoopChanges loops, RunningView seen) {
    if (result instanceof ComponentGraph.Result.Refused refused) {
      return new ReloadResult.Refused(refused.problems());
    }
    ComponentGraph.Result.Changed changed = (ComponentGraph.Result.Changed) result;
    config = next;
    if (watch != null) {
      watch.enable(next.daemon().watch());
    }
    return new ReloadResult.Reloaded(
        new Change(
            List.copyOf(changed.added()),
            List.copyOf(changed.changed()),
            List.copyOf(changed.removed()),
            loops.to(seen.active()),
            settings.apply(next.daemon())),
        List.of());
  }

  /** Once ready, always ready until it stops: a reload does not take it out of a Service. */
  private boolean isReady() {
    ComponentGraph running = graph;
    ready = ready || (started && running != null && running.ready());
    return ready && started;
  }

  @Override
  public Future<?> stop() {
    started = false;
    Logs.stopping();
    if (watch != null) {
      watch.enable(false);
    }
    Future<Void> reloads = reloader == null ? Future.succeededFuture() : reloader.stop();
    return reloads
        .transform(ignored -> stopGraph())
        .transform(ignored -> closeShared())
        .transform(ignored -> closeStorage());
  }

  private Future<Void> stopGraph() {
    ComponentGraph running = graph;
    return running == null
        ? Future.succeededFuture()
        : running.stop(
            config.daemon().finalScrape() ? Running.Ending.LAST_SCRAPES : Running.Ending.SHUTDOWN,
            FLUSH_MILLIS);
  }

  private Future<?> closeStorage() {
    return vertx.executeBlocking(
        () -> {
          storage.closeInGoodOrder();
          return "";
        },
        false);
  }

  private Future<?> closeShared() {
    if (lag != null) {
      lag.stop();
    }
    if (space != null) {
      space.stop();
    }
    if (openFiles != null) {
      openFiles.stop();
    }
    if (oldGeneration != null) {
      oldGeneration.stop();
    }
    Future<?> shared = services == null ? Future.succeededFuture() : services.close();
    Future<?> server = adminServer == null ? Future.succeededFuture() : adminServer.stop();
    Future<?> recording = selfProfile == null ? Future.succeededFuture() : selfProfile.stop();
    return Future.join(shared, server, recording);
  }
}
