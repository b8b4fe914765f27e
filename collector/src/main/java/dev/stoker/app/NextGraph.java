package dev.stoker.app;

import dev.stoker.config.Component;
import dev.stoker.config.LoadedConfig;
import dev.stoker.config.Problem;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.http.HttpSettings;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.store.LocalStore;
import dev.stoker.store.StoreConfig;
import dev.stoker.write.pyroscope.PyroscopeWrite;
import dev.stoker.write.pyroscope.WriteConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a config needs beside what runs already, built and opened while the running graph goes on
 * untouched; then {@link RunningGraph} takes it, or it is abandoned. Control context only.
 */
final class NextGraph {
  private final LoadedConfig config;
  private final Diff diff;
  private final Workshop workshop;
  private final Clients clients;
  private final Map<String, PyroscopeWrite> writes = new LinkedHashMap<>();
  private final List<PyroscopeWrite.Reconfiguration> rewrites = new ArrayList<>();
  private final Map<Component, LocalStore> stores = new LinkedHashMap<>();
  private final Map<String, HttpSettings> scrapeHttp = new LinkedHashMap<>();
  private final List<Discoverer> discoverers = new ArrayList<>();
  private final TargetGraph targets;

  NextGraph(LoadedConfig config, RunningGraph running, Workshop workshop, Discoverers mechanisms) {
    this.config = config;
    this.workshop = workshop;
    this.diff = Diff.of(running.config(), config);
    this.clients = new Clients(workshop::settings);
    for (Component component : config.components()) {
      if (!diff.kept().contains(component.id())) {
        build(component, running);
      }
    }
    this.targets =
        TargetGraphs.after(
            running.targets(),
            diff.kept(),
            config.components(),
            component -> discoverer(component, mechanisms),
            workshop.timers());
    for (ScrapeConfig scrape : config.scrapes()) {
      targets.consume(
          scrape.component(), scrape.targets(), list -> running.targets(scrape.component(), list));
    }
  }

  private void build(Component component, RunningGraph running) {
    String id = component.id();
    if (component.config() instanceof WriteConfig write) {
      PyroscopeWrite before = running.write(id);
      if (before == null) {
        writes.put(id, workshop.write(write, http -> clients.lend(component, http)));
      } else {
        rewrites.add(before.prepare(write, http -> clients.lend(component, http)));
      }
    } else if (component.config() instanceof StoreConfig store && diff.added().contains(id)) {
      stores.put(component, workshop.store(store));
    } else if (component.config() instanceof ScrapeConfig scrape
        && !running.scrapesWith(id, scrape.http())) {
      scrapeHttp.put(id, clients.open(component, scrape.http()));
    }
  }

  private Optional<Discoverer> discoverer(Component component, Discoverers mechanisms) {
    Optional<Discoverer> created = mechanisms.of(component.config(), opener(component));
    created.ifPresent(discoverers::add);
    return created;
  }

  private Function<HttpClientConfig, HttpSettings> opener(Component component) {
    return http -> clients.open(component, http);
  }

  /** Folders of new stores that cannot be used. */
  Future<List<Problem>> openStores() {
    List<Problem> problems = new ArrayList<>();
    List<Future<Void>> starting = new ArrayList<>();
    stores.forEach(
        (component, store) ->
            starting.add(
                store
                    .start()
                    .onFailure(
                        failure ->
                            problems.add(
                                new Problem(
                                    component.place().file(),
                                    component.place().line(),
                                    component.id(),
                                    "its folder cannot be used: " + failure)))));
    return Future.join(starting).transform(ignored -> Future.succeededFuture(problems));
  }

  /** Credentials and certificates that cannot be read. */
  Future<List<Problem>> clientProblems() {
    return clients.problems();
  }

  /** Closes all that was opened. */
  Future<Void> abandon() {
    clients.close();
    List<Future<Void>> closing = new ArrayList<>();
    writes.values().forEach(write -> closing.add(write.stop(0)));
    rewrites.forEach(PyroscopeWrite.Reconfiguration::abandon);
    stores.values().forEach(store -> closing.add(store.stop()));
    discoverers.forEach(discoverer -> closing.add(discoverer.stop()));
    return Future.join(closing).transform(ignored -> Future.succeededFuture());
  }

  LoadedConfig config() {
    return config;
  }

  Diff diff() {
    return diff;
  }

  Clients clients() {
    return clients;
  }

  /** New ones. */
  Map<String, PyroscopeWrite> writes() {
    return writes;
  }

  /** Of those that run already and have another config. */
  List<PyroscopeWrite.Reconfiguration> rewrites() {
    return rewrites;
  }

  /** New ones. */
  List<LocalStore> stores() {
    return List.copyOf(stores.values());
  }

  /** For new scrapes, and for those whose HTTP settings have changed. */
  Map<String, HttpSettings> scrapeHttp() {
    return scrapeHttp;
  }

  TargetGraph targets() {
    return targets;
  }
}
