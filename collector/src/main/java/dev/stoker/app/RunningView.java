package dev.stoker.app;

import dev.stoker.admin.DaemonView;
import dev.stoker.admin.api.ComponentView;
import dev.stoker.admin.api.ConfigApi;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.RelabelConfig;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.relabel.Relabeler;
import dev.stoker.reload.LastReload;
import dev.stoker.reload.ReloadResult;
import dev.stoker.reload.Reloader;
import dev.stoker.scrape.ScrapeComponent;
import dev.stoker.scrape.TargetView;
import dev.stoker.store.ProfileSource;
import dev.stoker.write.endpoint.EndpointStatus;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The running graph, for the admin server. */
final class RunningView implements DaemonView {
  private final RunningGraph running;
  private final Reloader reloads;
  private final Supplier<Future<ReloadResult>> reload;
  private final BooleanSupplier ready;

  RunningView(
      RunningGraph running,
      Reloader reloads,
      Supplier<Future<ReloadResult>> reload,
      BooleanSupplier ready) {
    this.running = running;
    this.reloads = reloads;
    this.reload = reload;
    this.ready = ready;
  }

  @Override
  public boolean ready() {
    return ready.getAsBoolean();
  }

  @Override
  public ConfigApi.Shown config() {
    return new ConfigApi.Shown(running.config().shown(), running.config().files());
  }

  @Override
  public LastReload lastReload() {
    return reloads.last();
  }

  @Override
  public Future<ReloadResult> reload() {
    return reload.get();
  }

  @Override
  public List<ComponentView> components() {
    ComponentViews views =
        new ComponentViews(
            running.targets().nodes(), running.scrapes(), running.relabels(), running.endpoints());
    return Stream.concat(
            running.config().components().stream().map(views::of),
            ComponentViews.leftOut(running.config().leftOut()))
        .toList();
  }

  @Override
  public TargetGraph targets() {
    return running.targets();
  }

  @Override
  public List<ScrapeComponent> scrapes() {
    return running.scrapes();
  }

  @Override
  public List<TargetView> active() {
    return running.active();
  }

  @Override
  public List<DroppedTarget> dropped() {
    return running.dropped();
  }

  @Override
  public List<EndpointStatus> endpoints() {
    return running.endpoints();
  }

  @Override
  public List<? extends ProfileSource> profiles() {
    return running.profiles();
  }

  @Override
  public Map<String, Relabeler> rules() {
    Map<String, Relabeler> rules = new LinkedHashMap<>();
    running
        .config()
        .all(RelabelConfig.class)
        .forEach(relabel -> rules.put(relabel.component(), relabel.relabeler()));
    return rules;
  }
}
