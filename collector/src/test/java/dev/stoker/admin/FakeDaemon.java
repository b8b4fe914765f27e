package dev.stoker.admin;

import dev.stoker.admin.api.ComponentView;
import dev.stoker.admin.api.ConfigApi;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.receive.ReceiverStatus;
import dev.stoker.relabel.Relabeler;
import dev.stoker.reload.Change;
import dev.stoker.reload.LastReload;
import dev.stoker.reload.ReloadResult;
import dev.stoker.scrape.loop.ScrapeComponent;
import dev.stoker.scrape.loop.TargetView;
import dev.stoker.store.ProfileSource;
import dev.stoker.write.endpoint.EndpointStatus;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A daemon that has what a test puts into it. */
public final class FakeDaemon implements DaemonView {
  public final List<ComponentView> components = new ArrayList<>();
  public final List<DroppedTarget> dropped = new ArrayList<>();
  public final List<EndpointStatus> endpoints = new ArrayList<>();
  public final List<ReceiverStatus> receivers = new ArrayList<>();
  public final List<ProfileSource> profiles = new ArrayList<>();
  public final Map<String, Relabeler> rules = new LinkedHashMap<>();
  public ReloadResult reloaded =
      new ReloadResult.Reloaded(
          new Change(List.of(), List.of(), List.of(), new Change.Loops(0, 0), List.of()),
          List.of());
  public String config = "";
  public boolean ready = true;
  private final TargetGraph targets = new TargetGraph(new ManualTimers(0));

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public ConfigApi.Shown config() {
    return new ConfigApi.Shown(config, List.of());
  }

  @Override
  public LastReload lastReload() {
    return new LastReload(Instant.ofEpochSecond(1_700_000_000), "start", reloaded);
  }

  @Override
  public Future<ReloadResult> reload() {
    return Future.succeededFuture(reloaded);
  }

  @Override
  public List<ComponentView> components() {
    return components;
  }

  @Override
  public TargetGraph targets() {
    return targets;
  }

  @Override
  public List<ScrapeComponent> scrapes() {
    return List.of();
  }

  @Override
  public List<TargetView> active() {
    return List.of();
  }

  @Override
  public List<DroppedTarget> dropped() {
    return dropped;
  }

  @Override
  public List<EndpointStatus> endpoints() {
    return endpoints;
  }

  @Override
  public List<ReceiverStatus> receivers() {
    return receivers;
  }

  @Override
  public List<? extends ProfileSource> profiles() {
    return profiles;
  }

  @Override
  public Map<String, Relabeler> rules() {
    return rules;
  }
}
