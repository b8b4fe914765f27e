package dev.stoker.app.command;

import ch.qos.logback.classic.Level;
import dev.stoker.app.flags.RunFlags;
import dev.stoker.app.log.Logs;
import dev.stoker.app.memory.HeapFit;
import dev.stoker.app.memory.HeapPlan;
import dev.stoker.app.run.Collector;
import dev.stoker.app.run.Lifetime;
import dev.stoker.app.run.Shutdown;
import dev.stoker.app.run.SighupHandler;
import dev.stoker.app.run.Version;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.config.daemon.AdminReader;
import dev.stoker.config.daemon.DaemonConfig;
import dev.stoker.config.daemon.DaemonReader;
import dev.stoker.files.StorageFolder;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.schema.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "run", description = "Runs the daemon until SIGTERM or SIGINT.")
public final class RunCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger("dev.stoker.app.Stoker");

  /** The design's bound on a clean stop. */
  private static final long STOP_SECONDS = 25;

  private static final long SLOW_START_SECONDS = 30;

  @Parameters(paramLabel = "CONFIG", description = "A file, or a folder; HOCON or Alloy's syntax.")
  private Path config = Path.of("");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Wins over stoker.http.listen.")
  private @Nullable String listen;

  @Option(names = "--storage", paramLabel = "DIR", description = "Wins over stoker.storage.path.")
  private @Nullable Path storage;

  @Option(
      names = "--strict",
      description = "Refuses an Alloy config with blocks that would be left out.")
  private boolean strict;

  private RunFlags flags = RunFlags.read(List.of());

  /** For the library that reads command lines. */
  public RunCommand() {}

  private RunCommand(RunArguments arguments) {
    config = arguments.config();
    listen = arguments.listen();
    storage = arguments.storage();
    strict = arguments.strict();
  }

  /**
   * @param words of the whole command line
   * @return null = the library is to read them
   */
  public static @Nullable RunCommand plain(String... words) {
    if (words.length == 0 || !words[0].equals("run")) {
      return null;
    }
    RunArguments arguments = RunArguments.plain(Arrays.copyOfRange(words, 1, words.length));
    return arguments == null ? null : new RunCommand(arguments);
  }

  /**
   * @param alloys what became of Alloy's flags on the same command line: it is logged
   */
  public RunCommand with(RunFlags alloys) {
    flags = alloys;
    return this;
  }

  RunArguments arguments() {
    return new RunArguments(config, listen, storage, strict);
  }

  @Override
  public Integer call() throws InterruptedException {
    if (config.toString().equals("-")) {
      System.err.println(
          "run reads its config again at each reload, so it cannot be standard input; name a file");
      return 2;
    }
    LoadResult result = ConfigLoader.load(config, strict);
    if (result instanceof LoadResult.Failed failed) {
      failed.problems().forEach(System.err::println);
      return 1;
    }
    LoadResult.Loaded loaded = (LoadResult.Loaded) result;
    DaemonConfig daemon = overridden(loaded.config().daemon());
    if (daemon == null) {
      System.err.println(
          "--listen " + listen + " is no host:port; write one such as 0.0.0.0:12345");
      return 2;
    }
    Logs.configure(Level.toLevel(daemon.logLevel()), daemon.jsonLog());
    if (listen != null && !AdminReader.exposure(daemon).isEmpty()) {
      log.warn("--listen {}", AdminReader.exposure(daemon));
    }
    flags.notes().forEach(log::info);
    flags.warnings().forEach(log::warn);
    LoadResult.Loaded first = overridden(loaded);
    first.notes().forEach(note -> log.info("{}", note));
    warn(first.warnings());
    try (StorageFolder folder = new StorageFolder(daemon.storage())) {
      folder.take();
      HeapPlan plan = HeapPlan.here(loaded.config());
      Collector collector = new Collector(first, plan, folder, () -> reload(plan));
      plan.log(log);
      return serve(collector, first.config(), folder);
    } catch (IOException refused) {
      log.error("cannot start: {}", refused.getMessage());
      return 1;
    }
  }

  /** The flags win at a reload too. */
  private LoadResult reload(HeapPlan started) {
    LoadResult result = ConfigLoader.load(config, strict);
    return result instanceof LoadResult.Loaded loaded
        ? HeapFit.reload(
            withFlags(loaded), config.toString(), Runtime.getRuntime().maxMemory(), started)
        : result;
  }

  private LoadResult.Loaded overridden(LoadResult.Loaded loaded) {
    return HeapFit.start(withFlags(loaded), config.toString(), Runtime.getRuntime().maxMemory());
  }

  private LoadResult.Loaded withFlags(LoadResult.Loaded loaded) {
    DaemonConfig daemon = Objects.requireNonNull(overridden(loaded.config().daemon()));
    return new LoadResult.Loaded(
        loaded.config().withDaemon(daemon), loaded.warnings(), loaded.notes(), loaded.sources());
  }

  private @Nullable DaemonConfig overridden(DaemonConfig file) {
    DaemonConfig address = listen == null ? file : DaemonReader.parseListen(listen);
    if (address == null) {
      return null;
    }
    return new DaemonConfig(
        address.host(),
        address.port(),
        file.access(),
        storage == null ? file.storage() : storage,
        file.logLevel(),
        file.jsonLog(),
        file.watch(),
        file.finalScrape());
  }

  private static void warn(List<Problem> warnings) {
    for (Problem warning : warnings) {
      log.warn("{}", warning);
    }
  }

  private static Integer serve(Collector collector, LoadedConfig config, StorageFolder storage)
      throws InterruptedException {
    if (storage.lastStopWasUnclean()) {
      log.atWarn()
          .addKeyValue("storage", config.daemon().storage())
          .log("the last run did not stop in good order: it was killed, or the machine went down");
    }
    Shutdown shutdown = new Shutdown();
    shutdown.install();
    SighupHandler hangup = new SighupHandler();
    hangup.install();
    Lifetime lifetime =
        new Lifetime(
            Vertx.vertx(options()),
            shutdown.requested(),
            TimeUnit.SECONDS.toMillis(STOP_SECONDS),
            TimeUnit.SECONDS.toMillis(SLOW_START_SECONDS));
    Lifetime.End end =
        lifetime.run(
            collector,
            collector::starting,
            () -> {
              started(config);
              hangup.reloads(() -> collector.reloadSoon("signal"));
            });
    if (end == Lifetime.End.NOT_STARTED && !storage.lastStopWasUnclean()) {
      storage.closeInGoodOrder();
    }
    return end == Lifetime.End.STOPPED ? 0 : 1;
  }

  private static void started(LoadedConfig config) {
    log.atInfo()
        .addKeyValue("version", Version.current())
        .addKeyValue("listen", config.daemon().host() + ":" + config.daemon().port())
        .addKeyValue("components", config.components().size())
        .log("started");
  }

  private static VertxOptions options() {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(2)
        .setWorkerPoolSize(2)
        .setInternalBlockingPoolSize(2)
        .setAddressResolverOptions(ClientAccess.resolverOptions())
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }
}
