package dev.stoker.app;

import dev.stoker.config.LoadedConfig;
import dev.stoker.config.Problem;
import dev.stoker.discovery.DroppedTarget;
import dev.stoker.discovery.TargetGraph;
import dev.stoker.discovery.TargetList;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.http.HttpSettings;
import dev.stoker.profile.Appender;
import dev.stoker.profile.relabel.ProfileRelabel;
import dev.stoker.profile.relabel.ProfileRelabelConfig;
import dev.stoker.reload.Change;
import dev.stoker.reload.ReloadResult;
import dev.stoker.scrape.ByteBudget;
import dev.stoker.scrape.ScrapeComponent;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.scrape.TargetView;
import dev.stoker.store.LocalStore;
import dev.stoker.store.ProfileSource;
import dev.stoker.store.StoreConfig;
import dev.stoker.write.endpoint.EndpointStatus;
import dev.stoker.write.pyroscope.PyroscopeWrite;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The components at work, and the move from one config to the next. What has not changed is not
 * touched: discoverers keep their watches, queues their profiles, loops their phase, baseline and
 * status. Control context only.
 */
final class RunningGraph {
  private static final Logger log = LoggerFactory.getLogger(RunningGraph.class);

  /** Running scrapes may end by themselves; a default CPU profile takes 14 s. */
  private static final long DRAIN_SCRAPES_MILLIS = 15_500;

  private static final long FLUSH_MILLIS = 7_500;

  /** At a stop all targets are due at once; so many at a time are asked. */
  private static final long LAST_SCRAPES = 64;

  private final Vertx vertx;
  private final Workshop workshop;
  private final Discoverers mechanisms;
  private final Clients clients;
  private final Map<String, PyroscopeWrite> writes = new LinkedHashMap<>();
  private final Map<String, LocalStore> stores = new LinkedHashMap<>();
  private final Map<String, ProfileRelabel> relabels = new LinkedHashMap<>();
  private final Map<String, Appender> receivers = new LinkedHashMap<>();
  private final Map<String, RunningScrape> scrapes = new LinkedHashMap<>();
  private TargetGraph targets;
  private LoadedConfig config;

  /** The main thread reads it. */
  private volatile String starting = "opening the port of the admin server";

  private final Leaving leaving;

  /**
   * @param empty a config without components
   */
  RunningGraph(LoadedConfig empty, Vertx vertx, Workshop workshop, Discoverers mechanisms) {
    this.config = empty;
    this.vertx = vertx;
    this.workshop = workshop;
    this.mechanisms = mechanisms;
    this.clients = new Clients(workshop::settings);
    this.targets = new TargetGraph(workshop.timers(), workshop.discovered());
    this.leaving = new Leaving(workshop.timers());
  }

  /**
   * From nothing to the first config. Credentials that cannot be read yet do not keep the rest from
   * starting; they are read as soon as they are there.
   */
  Future<Void> start(LoadedConfig first) {
    starting = "taking the folder of the queues on disk";
    return workshop.queues().start().compose(ignored -> startComponents(first));
  }

  private Future<Void> startComponents(LoadedConfig first) {
    starting = "making the components and opening the folders of stores";
    NextGraph next = new NextGraph(first, this, workshop, mechanisms);
    return next.openStores()
        .compose(
            problems -> {
              starting = "reading the files of credentials and certificates";
              if (!problems.isEmpty()) {
                return next.abandon().compose(i -> Future.failedFuture(problems.toString()));
              }
              return next.clientProblems();
            })
        .compose(
            problems -> {
              problems.forEach(problem -> log.warn("{}", problem));
              starting = "reading the baselines of the last run";
              // Last: opening uses the baselines up, and a start that fails must leave them.
              return workshop.openNames().compose(i -> workshop.baselines().open());
            })
        .compose(ignored -> exchange(next))
        .onSuccess(ignored -> workshop.queues().reportUnclaimed());
  }

  /** Says for people what the start is doing. From any thread. */
  String starting() {
    return starting;
  }

  /** Prepares, then swaps; with a problem the graph stays as it is. */
  Future<ReloadResult> change(LoadedConfig to) {
    return leaving
        .left()
        .compose(
            ignored -> {
              NextGraph next = new NextGraph(to, this, workshop, mechanisms);
              return Future.join(next.openStores(), next.clientProblems())
                  .compose(
                      problems -> {
                        List<Problem> all = new ArrayList<>(problems.<List<Problem>>resultAt(0));
                        all.addAll(problems.<List<Problem>>resultAt(1));
                        return all.isEmpty() ? swap(next) : refuse(next, all);
                      });
            });
  }

  private static Future<ReloadResult> refuse(NextGraph next, List<Problem> problems) {
    return next.abandon().map(ignored -> new ReloadResult.Refused(problems));
  }

  private Future<ReloadResult> swap(NextGraph next) {
    Map<String, String> before = loops();
    Diff diff = next.diff();
    // Their targets may be another component's now: never two loops on one process.
    return stopScrapes(diff.removed(), true)
        .compose(ignored -> exchange(next))
        .map(
            ignored ->
                new ReloadResult.Reloaded(
                    new Change(
                        List.copyOf(diff.added()),
                        List.copyOf(diff.changed()),
                        List.copyOf(diff.removed()),
                        compare(before, loops()),
                        List.of()),
                    List.of()));
  }

  /** From here on nothing can fail. Completes when all loops of the new config run. */
  private Future<Void> exchange(NextGraph next) {
    List<Future<Void>> closing = new ArrayList<>();
    for (LocalStore store : next.stores()) {
      receive(stores, store.component(), store);
      StoreMetrics.add(workshop.registry(), store);
    }
    for (StoreConfig store : next.config().stores()) {
      LocalStore running = stores.get(store.component());
      if (running != null && next.diff().changed().contains(store.component())) {
        closing.add(running.reconfigure(store));
      }
    }
    // Who loses an endpoint goes first: the queue on disk moves to who gets it.
    for (String id : next.diff().removed()) {
      PyroscopeWrite write = writes.remove(id);
      if (write != null) {
        closing.add(write.stop(0));
      }
    }
    next.rewrites().forEach(rewrite -> closing.add(rewrite.commit()));
    next.writes()
        .forEach(
            (id, write) -> {
              receive(writes, id, write);
              write.start();
            });
    for (ProfileRelabelConfig relabel : next.config().all(ProfileRelabelConfig.class)) {
      if (!next.diff().kept().contains(relabel.component())) {
        relabel(relabel);
      }
    }
    next.config().scrapes().forEach(scrape -> scrape(scrape, next));
    for (String id : next.diff().removed()) {
      remove(id, closing);
    }
    workshop.recent().enable(stores.isEmpty());
    clients.takeOver(next.clients());
    TargetGraph before = targets;
    targets = next.targets();
    config = next.config();
    closing.add(targets.startAfter(before));
    leaving.add(Future.join(closing));
    return Future.join(scrapes.values().stream().map(RunningScrape::settled).toList()).mapEmpty();
  }

  private <T extends Appender> void receive(Map<String, T> running, String id, T receiver) {
    receivers.put(id, receiver);
    running.put(id, receiver);
  }

  /** The one before, if there is one, only has to give its metrics back. */
  private void relabel(ProfileRelabelConfig config) {
    ProfileRelabel before = relabels.get(config.component());
    if (before != null) {
      before.stop();
    }
    ForwardTo forwardTo = new ForwardTo(receivers, config.forwardTo());
    receive(relabels, config.component(), workshop.relabel(config, forwardTo));
  }

  private void scrape(ScrapeConfig scrape, NextGraph next) {
    String id = scrape.component();
    HttpSettings http = next.scrapeHttp().get(id);
    RunningScrape running = scrapes.get(id);
    if (running == null) {
      ForwardTo forwardTo = new ForwardTo(receivers, scrape.forwardTo());
      scrapes.put(id, new RunningScrape(scrape, workshop, Objects.requireNonNull(http), forwardTo));
      return;
    }
    running.reconfigure(scrape);
    if (http != null) {
      running.use(http);
    }
  }

  private void remove(String id, List<Future<Void>> closing) {
    receivers.remove(id);
    LocalStore store = stores.remove(id);
    ProfileRelabel relabel = relabels.remove(id);
    if (relabel != null) {
      relabel.stop();
    }
    if (store != null) {
      StoreMetrics.remove(workshop.registry(), store);
      closing.add(store.stop());
    }
    if (scrapes.remove(id) != null) {
      workshop.registry().getMeters().stream()
          .filter(meter -> id.equals(meter.getId().getTag("component")))
          .forEach(workshop.registry()::remove);
    }
    clients.close(id);
  }

  /** Key of each loop, to what it scrapes. */
  private Map<String, String> loops() {
    return active().stream()
        .map(TargetView::target)
        .collect(
            Collectors.toMap(
                target -> target.key(), target -> target.type().key() + ' ' + target.process()));
  }

  private static Change.Loops compare(Map<String, String> before, Map<String, String> after) {
    int kept = 0;
    List<String> stopped = new ArrayList<>();
    for (Map.Entry<String, String> loop : before.entrySet()) {
      if (after.containsKey(loop.getKey())) {
        kept++;
      } else {
        stopped.add(loop.getValue());
      }
    }
    int restarted = 0;
    for (Map.Entry<String, String> loop : after.entrySet()) {
      if (!before.containsKey(loop.getKey()) && stopped.remove(loop.getValue())) {
        restarted++;
      }
    }
    return new Change.Loops(kept, restarted);
  }

  LoadedConfig config() {
    return config;
  }

  TargetGraph targets() {
    return targets;
  }

  /** New targets for a scrape component; it may have left meanwhile. */
  void targets(String scrape, TargetList list) {
    RunningScrape running = scrapes.get(scrape);
    if (running != null) {
      running.targets(list);
    }
  }

  /** Whether a scrape component runs with these HTTP settings already. */
  boolean scrapesWith(String scrape, HttpClientConfig http) {
    return config.scrapes().stream()
        .anyMatch(old -> old.component().equals(scrape) && old.http().equals(http));
  }

  @Nullable PyroscopeWrite write(String id) {
    return writes.get(id);
  }

  List<ScrapeComponent> scrapes() {
    return scrapes.values().stream().map(RunningScrape::component).toList();
  }

  List<ProfileRelabel> relabels() {
    return List.copyOf(relabels.values());
  }

  /** Where the Profiles page looks: without a store, into what memory still has. */
  List<? extends ProfileSource> profiles() {
    return stores.isEmpty() ? List.of(workshop.recent()) : List.copyOf(stores.values());
  }

  List<TargetView> active() {
    return scrapes().stream().flatMap(scrape -> scrape.active().stream()).toList();
  }

  List<DroppedTarget> dropped() {
    return Stream.concat(
            targets.nodes().stream().flatMap(node -> node.dropped().stream()),
            scrapes().stream().flatMap(scrape -> scrape.dropped().stream()))
        .toList();
  }

  List<EndpointStatus> endpoints() {
    return writes.values().stream().flatMap(write -> write.status().stream()).toList();
  }

  boolean ready() {
    return targets.ready();
  }

  /** In reverse: scrapes first, then what delivers them, then the rest. */
  Future<Void> stop() {
    Future<?> discovery = targets.stop();
    Collection<String> all = List.copyOf(scrapes.keySet());
    long cut = vertx.setTimer(DRAIN_SCRAPES_MILLIS, ignored -> stopScrapes(all, true));
    return lastScrapes(all)
        .compose(
            ignored -> {
              vertx.cancelTimer(cut);
              return new Edits(workshop.timers(), workshop.underWay()).ended();
            })
        .compose(
            ignored -> {
              log.debug("scrapes have ended, delivering what is queued");
              return Future.join(workshop.baselines().save(), stopWrites());
            })
        .onComplete(ignored -> log.debug("delivery has ended"))
        .transform(ignored -> Future.join(stores.values().stream().map(LocalStore::stop).toList()))
        .transform(ignored -> Future.join(discovery, leaving.all()))
        .transform(ignored -> workshop.baselines().commit())
        .transform(
            ignored -> {
              clients.close();
              return Future.succeededFuture();
            });
  }

  private Future<?> stopWrites() {
    return Future.join(writes.values().stream().map(w -> w.stop(FLUSH_MILLIS)).toList());
  }

  private Future<Void> lastScrapes(Collection<String> ids) {
    if (!config.daemon().finalScrape()) {
      return stopScrapes(ids, false);
    }
    ByteBudget slots = new ByteBudget(LAST_SCRAPES);
    return ended(ids, scrape -> scrape.stopAfterLastScrapes(slots));
  }

  private Future<Void> stopScrapes(Collection<String> ids, boolean now) {
    return ended(ids, scrape -> scrape.stop(now));
  }

  private Future<Void> ended(Collection<String> ids, Function<ScrapeComponent, Future<Void>> stop) {
    List<Future<Void>> stopping = new ArrayList<>();
    for (String id : ids) {
      RunningScrape scrape = scrapes.get(id);
      if (scrape != null) {
        stopping.add(stop.apply(scrape.component()));
      }
    }
    return Future.join(stopping).transform(ignored -> Future.succeededFuture());
  }
}
