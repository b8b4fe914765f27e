package dev.stoker.app.command;

import dev.stoker.admin.api.TargetsApi;
import dev.stoker.app.log.Logs;
import dev.stoker.app.run.Version;
import dev.stoker.component.Component;
import dev.stoker.component.ComponentClients;
import dev.stoker.component.ForwardTo;
import dev.stoker.component.Preparation;
import dev.stoker.component.Services;
import dev.stoker.component.TargetGraphBuilder;
import dev.stoker.concurrent.Timers;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetNode;
import dev.stoker.files.StorageFolder;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.scrape.budget.BudgetedTargets;
import dev.stoker.scrape.loop.TargetStatus;
import dev.stoker.scrape.loop.TargetView;
import dev.stoker.scrape.target.ScrapeConfig;
import dev.stoker.scrape.target.Targets;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "targets",
    description = "Discovers and relabels once: what would be scraped, and what not and why.")
public final class TargetsCommand implements Callable<Integer> {
  private static final long LOOK_MILLIS = 50;

  /** Beyond what discovery may take: to make targets of what it has found. */
  private static final long PATIENCE_MILLIS = 60_000;

  @Parameters(paramLabel = "CONFIG", description = "A file, or a folder; HOCON or Alloy's syntax.")
  private Path config = Path.of("");

  @Option(
      names = "--wait",
      paramLabel = "5s",
      description = "How long discovery may take.",
      converter = Waits.class)
  private Duration wait = Duration.ofSeconds(5);

  @Option(names = "--json", description = "As /api/v1/targets.")
  private boolean json;

  /** A number with s, m or ms. */
  static final class Waits implements picocli.CommandLine.ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      if (text.matches("[0-9]{1,9}ms")) {
        return Duration.ofMillis(Long.parseLong(text.replace("ms", "")));
      }
      if (text.matches("[0-9]{1,6}[sm]?")) {
        long number = Long.parseLong(text.replaceAll("[sm]", ""));
        return text.endsWith("m") ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
      }
      throw new picocli.CommandLine.TypeConversionException(
          "\"" + text + "\"; write one such as 5s");
    }
  }

  /** The targets that were found. */
  private record Found(
      List<TargetView> active, List<DroppedTarget> dropped, List<String> problems) {}

  @Override
  public Integer call() throws InterruptedException {
    Logs.quiet();
    LoadResult result = new ConfigArgument().load(config, false);
    if (result instanceof LoadResult.Failed failed) {
      failed.problems().forEach(System.err::println);
      return 1;
    }
    Found found = discover(((LoadResult.Loaded) result).config());
    if (json) {
      System.out.println(TargetsApi.targets(found.active(), found.dropped()).encodePrettily());
    } else {
      print(found);
    }
    found.problems().forEach(System.err::println);
    return found.problems().isEmpty() ? 0 : 1;
  }

  private Found discover(LoadedConfig loaded) throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    try {
      return ContextTask.run(
          vertx, wait.toMillis() + PATIENCE_MILLIS, timers -> discover(loaded, vertx, timers));
    } finally {
      vertx.close();
    }
  }

  /** Does for the components what the graph of a daemon does, as far as a look needs it. */
  private static final class Surroundings implements Preparation.Surroundings {
    private final Services services;
    private final ComponentClients clients;

    Surroundings(Services services) {
      this.services = services;
      this.clients =
          new ComponentClients(http -> new ClientAccess(http, services.vertx(), services.timers()));
    }

    @Override
    public Services services() {
      return services;
    }

    @Override
    public ClientAccess open(Component component, HttpClientConfig config) {
      return clients.open(component, config);
    }

    @Override
    public ClientAccess lend(Component component, HttpClientConfig config) {
      return clients.open(component, config);
    }

    @Override
    public ForwardTo forwardTo(List<String> receivers) {
      return new ForwardTo(Map.of(), receivers);
    }
  }

  private Future<Found> discover(LoadedConfig loaded, Vertx vertx, Timers timers) {
    Services services =
        new Services(
            new Services.Daemon(
                vertx,
                vertx.getOrCreateContext(),
                timers,
                new SimpleMeterRegistry(),
                new StorageFolder(loaded.daemon().storage()),
                Version.userAgent(),
                1,
                share -> Long.MAX_VALUE));
    TargetGraph graph = new TargetGraph(timers);
    TargetGraphBuilder.join(
        graph, loaded.components(), new Surroundings(services), component -> Optional.empty());
    Map<String, Targets> targets = new LinkedHashMap<>();
    for (ScrapeConfig scrape : loaded.all(ScrapeConfig.class)) {
      BudgetedTargets turns = new BudgetedTargets(scrape);
      graph.consume(
          scrape.component(),
          scrape.targets(),
          list -> targets.put(scrape.component(), turns.targets(list, timers.wallMillis())));
    }
    graph.start();
    Promise<Void> looked = Promise.promise();
    look(graph, timers, timers.nanoTime() + wait.toNanos(), looked::complete);
    return looked.future().map(ignored -> found(graph, targets));
  }

  private static void look(TargetGraph graph, Timers timers, long end, Runnable done) {
    if (graph.ready() || timers.nanoTime() > end) {
      done.run();
    } else {
      timers.after(LOOK_MILLIS, () -> look(graph, timers, end, done));
    }
  }

  private static Found found(TargetGraph graph, Map<String, Targets> targets) {
    List<TargetView> active = new ArrayList<>();
    List<DroppedTarget> dropped = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (TargetNode node : graph.nodes()) {
      dropped.addAll(node.dropped());
      if (node.health().state() != ComponentHealth.State.HEALTHY) {
        int kept = node.targets().size();
        problems.add(
            node.component()
                + ": "
                + node.health().message()
                + (kept > 0 ? "; it failed in part, its other targets are used: " + kept : ""));
      }
    }
    targets.forEach(
        (component, made) -> {
          made.active()
              .forEach(
                  target ->
                      active.add(new TargetView(component, target, TargetStatus.UNKNOWN, null)));
          dropped.addAll(made.dropped());
        });
    return new Found(active, dropped, problems);
  }

  private static void print(Found found) {
    System.out.println(found.active().size() + " active");
    for (TargetView view : found.active()) {
      System.out.println(
          "  "
              + view.component()
              + "  "
              + view.target().type().key()
              + "  "
              + view.target().url()
              + "  "
              + view.target().labels().filter(name -> !name.startsWith("__")));
    }
    System.out.println(found.dropped().size() + " dropped");
    for (DroppedTarget target : found.dropped()) {
      System.out.println(
          "  "
              + target.component()
              + "  "
              + target.reason().name().toLowerCase(Locale.ROOT)
              + "  "
              + target.discoveredLabels().get("__address__")
              + "  "
              + target.detail());
    }
  }
}
