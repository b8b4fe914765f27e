package dev.stoker.app;

import dev.stoker.admin.AdminRoutes;
import dev.stoker.admin.server.AdminServer;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.config.Sources;
import dev.stoker.http.ServerSettings;
import dev.stoker.jvmprofile.JvmProfiler;
import dev.stoker.reload.Change;
import dev.stoker.reload.ConfigWatch;
import dev.stoker.reload.ReloadResult;
import dev.stoker.reload.Reloader;
import dev.stoker.selfprofile.OwnProfiles;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one verticle, owner of the control context: what never changes while the daemon runs (admin
 * server, own profile, reloader), around the {@link RunningGraph}, which every reload changes.
 */
final class Collector extends VerticleBase {
  private final LoadResult.Loaded first;
  private final HeapPlan plan;
  private final Supplier<LoadResult> loader;
  private final DaemonSettings settings;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private @Nullable Workshop workshop;
  private volatile @Nullable RunningGraph graph;
  private @Nullable Reloader reloader;
  private @Nullable ConfigWatch watch;
  private @Nullable AdminServer adminServer;
  private @Nullable OwnProfiles selfProfile;
  private @Nullable Vitals vitals;
  private @Nullable OpenFiles openFiles;
  private @Nullable OldGeneration oldGeneration;
  private boolean started;
  private boolean ready;

  /** With a config that never changes. */
  Collector(LoadedConfig config) {
    this(unchanging(config), () -> unchanging(config));
  }

  /** With the shares of this JVM's heap that such a config gets. */
  Collector(LoadResult.Loaded first, Supplier<LoadResult> loader) {
    this(first, HeapPlan.here(first.config()), loader);
  }

  /**
   * @param plan the shares of the heap, made from the config as it is written: one whose queues
   *     were fitted already asks for less, and the other parts would get what the queues have
   * @param loader blocking; loads the config again for a reload
   */
  Collector(LoadResult.Loaded first, HeapPlan plan, Supplier<LoadResult> loader) {
    this.first = first;
    this.plan = plan;
    this.loader = loader;
    this.settings = new DaemonSettings(first.config().daemon());
  }

  private static LoadResult.Loaded unchanging(LoadedConfig config) {
    return new LoadResult.Loaded(config, List.of(), List.of(), Sources.NONE);
  }

  /**
   * More than 16 would have nothing to do, even with thousands of targets; a container without a
   * CPU limit sees all CPUs of its node, and each thread costs memory.
   */
  static int cpuThreads() {
    return cpuThreads(Runtime.getRuntime().availableProcessors());
  }

  static int cpuThreads(int cpus) {
    return Math.max(1, Math.min(16, cpus));
  }

  @Override
  public Future<?> start() {
    LoadedConfig config = first.config();
    VertxTimers timers = new VertxTimers(vertx, context);
    ProcessMetrics.register(registry);
    new InternalErrors(registry).watch(vertx, context);
    Path storage = config.daemon().storage();
    Vitals own =
        new Vitals(timers, () -> vertx.executeBlocking(() -> room(storage), false), registry);
    vitals = own;
    own.start();
    OldGeneration old = OldGeneration.here(timers);
    oldGeneration = old;
    old.start();
    Workshop shared = new Workshop(vertx, timers, registry, config.daemon().storage(), plan);
    workshop = shared;
    RunningGraph running =
        new RunningGraph(
            new LoadedConfig(config.daemon(), List.of(), List.of(), List.of(), ""),
            vertx,
            shared,
            new Discoverers(vertx, context, timers, shared.discovered()));
    graph = running;
    OpenFiles limit =
        new OpenFiles(
            timers,
            OpenFiles::limit,
            () -> running.active().size(),
            () -> running.endpoints().size());
    openFiles = limit;
    limit.start();
    Reloader reloads = new Reloader(loader, next -> change(running, next), vertx, timers);
    reloads.register(registry);
    reloader = reloads;
    ConfigWatch files = new ConfigWatch(reloads, vertx, timers);
    watch = files;
    AdminServer admin =
        new AdminServer(
            vertx, timers, new ServerSettings(config.daemon().access(), vertx, timers), registry);
    adminServer = admin;
    OwnProfiles profiler = new OwnProfiles(vertx, timers, new JvmProfiler(Clock.systemUTC()));
    selfProfile = profiler;
    profiler.start();
    new AdminRoutes(
            new RunningView(running, reloads, () -> reload("request"), this::isReady),
            new AdminRoutes.Services(
                shared.cpuPool(), timers, profiler, registry::scrape, Logs::recent))
        .mount(admin);

    return admin
        .listen(config.daemon().host(), config.daemon().port())
        .compose(ignored -> running.start(config))
        .onSuccess(
            ignored -> {
              started = true;
              reloads.started(first);
              files.enable(config.daemon().watch());
            });
  }

  private static Vitals.Space room(Path storage) throws IOException {
    FileStore disk = Files.getFileStore(storage);
    return new Vitals.Space(disk.getUsableSpace(), disk.getTotalSpace());
  }

  /** Says for people what a start that takes long is doing. From any thread. */
  String starting() {
    RunningGraph running = graph;
    return running == null ? "making what never changes" : running.starting();
  }

  /** From any thread: SIGHUP. */
  void reloadSoon(String trigger) {
    context.runOnContext(ignored -> reload(trigger));
  }

  private Future<ReloadResult> reload(String trigger) {
    Reloader reloads = reloader;
    return reloads == null || !started
        ? Future.succeededFuture(
            new ReloadResult.Refused(
                List.of(new dev.stoker.config.Problem("", 0, "", "Stoker is starting; ask again"))))
        : reloads.reload(trigger);
  }

  private Future<ReloadResult> change(RunningGraph running, LoadedConfig next) {
    return running
        .change(next)
        .map(
            result -> {
              if (!(result instanceof ReloadResult.Reloaded reloaded)) {
                return result;
              }
              if (watch != null) {
                watch.enable(next.daemon().watch());
              }
              Change change = reloaded.change();
              return new ReloadResult.Reloaded(
                  new Change(
                      change.added(),
                      change.changed(),
                      change.removed(),
                      change.loops(),
                      settings.apply(next.daemon())),
                  reloaded.warnings());
            });
  }

  /** Once ready, always ready until it stops: a reload does not take it out of a Service. */
  private boolean isReady() {
    RunningGraph running = graph;
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
        .transform(ignored -> graph == null ? Future.succeededFuture() : graph.stop())
        .transform(ignored -> closeShared());
  }

  private Future<?> closeShared() {
    if (vitals != null) {
      vitals.stop();
    }
    if (openFiles != null) {
      openFiles.stop();
    }
    if (oldGeneration != null) {
      oldGeneration.stop();
    }
    Future<?> shared = workshop == null ? Future.succeededFuture() : workshop.close();
    Future<?> server = adminServer == null ? Future.succeededFuture() : adminServer.stop();
    Future<?> recording = selfProfile == null ? Future.succeededFuture() : selfProfile.stop();
    return Future.join(shared, server, recording);
  }
}
