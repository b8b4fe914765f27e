package dev.stoker.app.run;

import dev.stoker.admin.DaemonView;
import dev.stoker.admin.api.ComponentView;
import dev.stoker.admin.api.ConfigApi;
import dev.stoker.component.Component;
import dev.stoker.component.ComponentGraph;
import dev.stoker.component.Running;
import dev.stoker.config.LoadedConfig;
import dev.stoker.config.source.LeftOutBlock;
import dev.stoker.discovery.ComponentHealth;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.relabel.RelabelConfig;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.receive.ReceiverStatus;
import dev.stoker.receive.Receiving;
import dev.stoker.relabel.Relabeler;
import dev.stoker.reload.LastReload;
import dev.stoker.reload.ReloadResult;
import dev.stoker.reload.Reloader;
import dev.stoker.schema.Export;
import dev.stoker.scrape.component.RunningScrape;
import dev.stoker.scrape.loop.ScrapeComponent;
import dev.stoker.scrape.loop.TargetView;
import dev.stoker.store.ProfileSource;
import dev.stoker.store.RecentProfiles;
import dev.stoker.store.RunningStore;
import dev.stoker.write.component.RunningWrite;
import dev.stoker.write.endpoint.EndpointStatus;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The running graph, for the admin server. */
final class RunningView implements DaemonView {
  /** How long a component shows as unhealthy after an internal error. */
  private static final long BUG_SHOWN_NANOS = 300_000_000_000L;

  private final ComponentGraph graph;
  private final Supplier<LoadedConfig> config;
  private final RecentProfiles recent;
  private final Reloads reloads;

  /** How a reload is made, and what became of the last one. */
  record Reloads(Reloader last, Supplier<Future<ReloadResult>> reload, BooleanSupplier ready) {}

  RunningView(
      ComponentGraph graph, Supplier<LoadedConfig> config, RecentProfiles recent, Reloads reloads) {
    this.graph = graph;
    this.config = config;
    this.recent = recent;
    this.reloads = reloads;
  }

  @Override
  public boolean ready() {
    return reloads.ready().getAsBoolean();
  }

  @Override
  public ConfigApi.Shown config() {
    return new ConfigApi.Shown(config.get().shown(), config.get().files());
  }

  @Override
  public LastReload lastReload() {
    return reloads.last().last();
  }

  @Override
  public Future<ReloadResult> reload() {
    return reloads.reload().get();
  }

  @Override
  public List<ComponentView> components() {
    return Stream.concat(
            graph.components().stream().map(this::view), leftOut(config.get().leftOut()))
        .toList();
  }

  private ComponentView view(Component component) {
    Map<String, Long> books = new LinkedHashMap<>();
    Running running = graph.running(component.id());
    ComponentHealth health = running == null ? ComponentHealth.healthy("") : running.health();
    if (running != null && running.books().isPresent()) {
      ComponentBooks kept = running.books().get();
      ComponentBooks.Snapshot now = kept.snapshot();
      books.put(now.entry().label(), now.came());
      for (ComponentBooks.Outcome outcome : ComponentBooks.Outcome.values()) {
        books.put(outcome.label(), now.left().getOrDefault(outcome, 0L));
      }
      String bug = kept.recentBug(System.nanoTime(), BUG_SHOWN_NANOS);
      health = bug.isEmpty() ? health : ComponentHealth.unhealthy(bug);
    }
    return new ComponentView(
        component.id(),
        component.kind().name(),
        health.state().name().toLowerCase(Locale.ROOT),
        health.message(),
        component.exports().stream().map(Export::name).toList(),
        component.references().stream()
            .map(reference -> reference.component() + "." + reference.export())
            .toList(),
        books);
  }

  /** Blocks that an Alloy config has and Stoker does not run, each id once. */
  private static Stream<ComponentView> leftOut(List<LeftOutBlock> blocks) {
    Map<String, LeftOutBlock> byId = new LinkedHashMap<>();
    blocks.forEach(block -> byId.putIfAbsent(block.id(), block));
    return byId.values().stream()
        .map(
            block ->
                new ComponentView(
                    block.id(),
                    block.kind(),
                    "left_out",
                    block.place() + ": " + block.why(),
                    List.of(),
                    List.of(),
                    Map.of()));
  }

  @Override
  public TargetGraph targets() {
    return graph.targets();
  }

  @Override
  public List<ScrapeComponent> scrapes() {
    return graph.running(RunningScrape.class).stream().map(RunningScrape::component).toList();
  }

  @Override
  public List<TargetView> active() {
    return scrapes().stream().flatMap(scrape -> scrape.active().stream()).toList();
  }

  @Override
  public List<DroppedTarget> dropped() {
    return Stream.concat(
            graph.targets().nodes().stream().flatMap(node -> node.dropped().stream()),
            scrapes().stream().flatMap(scrape -> scrape.dropped().stream()))
        .toList();
  }

  @Override
  public List<EndpointStatus> endpoints() {
    return graph.running(RunningWrite.class).stream()
        .flatMap(write -> write.endpoints().stream())
        .toList();
  }

  @Override
  public List<ReceiverStatus> receivers() {
    return graph.running(Receiving.class).stream().map(Receiving::status).toList();
  }

  /** The profiles of the stores, or without a store those that memory still has. */
  @Override
  public List<? extends ProfileSource> profiles() {
    List<RunningStore> stores = graph.running(RunningStore.class);
    return stores.isEmpty()
        ? List.of(recent)
        : stores.stream().map(RunningStore::profiles).toList();
  }

  @Override
  public Map<String, Relabeler> rules() {
    Map<String, Relabeler> rules = new LinkedHashMap<>();
    config
        .get()
        .all(RelabelConfig.class)
        .forEach(relabel -> rules.put(relabel.component(), relabel.relabeler()));
    return rules;
  }
}
