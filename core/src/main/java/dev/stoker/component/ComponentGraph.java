package dev.stoker.component;

import dev.stoker.discovery.TargetGraph;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.profile.Appender;
import dev.stoker.schema.Problem;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The components that work, and the move from one config to the next as a transaction: all that is
 * new or has changed is prepared while everything works on; then it takes its place, or, after a
 * problem, none of it does. What has not changed is not touched. The graph knows components only by
 * {@link ComponentKind}, {@link Prepared} and {@link Running}.
 */
public final class ComponentGraph {
  private static final Logger log = LoggerFactory.getLogger(ComponentGraph.class);

  private final Services services;
  private final Function<HttpClientConfig, ClientAccess> http;
  private final ComponentClients clients;
  private final RetiredComponents retired;

  /** Components by id. A component that is used comes before those that use it. */
  private Map<String, Running> running = new LinkedHashMap<>();

  private final Map<String, Appender> receivers = new HashMap<>();
  private List<Component> components = List.of();
  private TargetGraph targets;

  /** The main thread reads it. */
  private volatile String starting = "opening the port of the admin server";

  public ComponentGraph(Services services) {
    this.services = services;
    this.http = config -> new ClientAccess(config, services.vertx(), services.timers());
    this.clients = new ComponentClients(http);
    this.targets = new TargetGraph(services.timers(), services.discovered());
    this.retired = new RetiredComponents(services.timers());
  }

  /** The result of a change to a new config. */
  public sealed interface Result {
    /** It is in place. Ids of components, each in the order of its config. */
    record Changed(Set<String> added, Set<String> changed, Set<String> removed) implements Result {}

    /** Everything is as it was. */
    record Refused(List<Problem> problems) implements Result {
      public Refused {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Starts the first config. Credentials that cannot be read yet do not keep the rest from
   * starting: they are read as soon as they are there.
   *
   * @param kinds all there are, in an order in which they may start
   */
  public Future<Void> start(Collection<ComponentKind<?>> kinds, List<Component> first) {
    services.timers().control().assertOn();
    Future<Void> started = Future.succeededFuture();
    for (ComponentKind<?> kind : kinds) {
      started =
          started.compose(
              ignored -> {
                starting = "starting what " + kind.name() + " needs";
                return kind.start(services);
              });
    }
    return started
        .compose(
            ignored -> {
              starting = "making the components and opening their folders";
              PreparedGraph next = next(first);
              return next.opened()
                  .compose(
                      problems -> {
                        if (!problems.isEmpty()) {
                          return next.abandon()
                              .compose(i -> Future.failedFuture(problems.toString()));
                        }
                        starting = "reading the files of credentials and certificates";
                        return next.clients.problems();
                      })
                  .compose(problems -> takeAndExchange(kinds, next, problems));
            })
        .onSuccess(ignored -> kinds.forEach(kind -> kind.started(services)));
  }

  private Future<Void> takeAndExchange(
      Collection<ComponentKind<?>> kinds, PreparedGraph next, List<Problem> problems) {
    problems.forEach(problem -> log.warn("{}", problem));
    Future<Void> taken = Future.succeededFuture();
    for (ComponentKind<?> kind : kinds) {
      taken =
          taken.compose(
              ignored -> {
                starting = "taking up what " + kind.name() + " had in the last run";
                return kind.take(services);
              });
    }
    return taken.compose(ignored -> exchange(next));
  }

  /** Says for people what the start is doing. From any thread. */
  public String starting() {
    return starting;
  }

  /** Prepares, then exchanges; with a problem the graph stays as it is. */
  public Future<Result> change(List<Component> to) {
    services.timers().control().assertOn();
    return retired
        .left()
        .compose(
            ignored -> {
              PreparedGraph next = next(to);
              return Future.join(next.opened(), next.clients.problems())
                  .compose(
                      problems -> {
                        List<Problem> all = new ArrayList<>(problems.<List<Problem>>resultAt(0));
                        all.addAll(problems.<List<Problem>>resultAt(1));
                        return all.isEmpty() ? swap(next) : refuse(next, all);
                      });
            });
  }

  private static Future<Result> refuse(PreparedGraph next, List<Problem> problems) {
    return next.abandon().map(ignored -> new Result.Refused(problems));
  }

  private Future<Result> swap(PreparedGraph next) {
    ComponentDiff diff = next.diff;
    // What they hold may be another component's now: never two loops on one process.
    List<Future<Void>> lettingGo =
        usersFirst().stream()
            .filter(diff.removed()::contains)
            .flatMap(id -> Optional.ofNullable(running.get(id)).stream())
            .map(component -> component.letGo(Running.Ending.REMOVED))
            .toList();
    return Future.join(lettingGo)
        .transform(ignored -> exchange(next))
        .map(ignored -> new Result.Changed(diff.added(), diff.changed(), diff.removed()));
  }

  private PreparedGraph next(List<Component> to) {
    return new PreparedGraph(
        to, new PreparedGraph.Current(services, http, components, running, receivers, targets));
  }

  /**
   * Puts the new config in place. Nothing can fail from here on. It completes when all components
   * work.
   */
  private Future<Void> exchange(PreparedGraph next) {
    List<Future<Void>> closing = new ArrayList<>();
    // What leaves goes first: a queue on disk moves to the endpoint that gets it.
    for (String id : usersFirst()) {
      Running leaving = next.diff.removed().contains(id) ? running.get(id) : null;
      if (leaving != null) {
        receivers.remove(id);
        closing.add(leaving.stop(0));
      }
    }
    Map<String, Running> now = new LinkedHashMap<>();
    for (String id : next.order) {
      Prepared prepared = next.prepared.get(id);
      Running component = prepared == null ? running.get(id) : prepared.commit();
      if (component != null && prepared != null) {
        closing.add(component.retiring());
      }
      if (component != null) {
        now.put(id, component);
        component.receiver().ifPresent(receiver -> receivers.put(id, receiver));
      }
    }
    running = now;
    next.diff.removed().forEach(clients::close);
    clients.takeOver(next.clients);
    TargetGraph before = targets;
    targets = next.graph;
    components = next.components;
    closing.add(targets.startAfter(before));
    retired.add(Future.join(closing));
    return Future.join(now.values().stream().map(Running::settled).toList()).mapEmpty();
  }

  private List<String> usersFirst() {
    List<String> ids = new ArrayList<>(running.keySet());
    Collections.reverse(ids);
    return ids;
  }

  /** The components of the config that works. */
  public List<Component> components() {
    return components;
  }

  /** The discovery side of the graph. */
  public TargetGraph targets() {
    return targets;
  }

  /** The component of an id; null = none works under it. */
  public @Nullable Running running(String id) {
    return running.get(id);
  }

  /** All components of a class, or with an ability. */
  public <T> List<T> running(Class<T> type) {
    return running.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Every source of targets has had its first result, or its first error. */
  public boolean ready() {
    return targets.ready();
  }

  /**
   * First discovery and what sends profiles, then what passes them on, then what delivers them.
   *
   * @param ending what those that hold targets may still do
   * @param millis for delivering
   */
  public Future<Void> stop(Running.Ending ending, long millis) {
    services.timers().control().assertOn();
    Future<?> discovery = targets.stop();
    return letGo(new ArrayDeque<>(ComponentOrder.levels(components, usersFirst())), ending)
        .compose(
            ignored -> {
              log.debug("scrapes have ended, delivering what is queued");
              List<Future<?>> stopping = new ArrayList<>();
              stopping.add(services.stop());
              usersFirst().forEach(id -> stopping.add(stop(id, millis)));
              return Future.join(stopping);
            })
        .onComplete(ignored -> log.debug("delivery has ended"))
        .transform(ignored -> Future.join(discovery, retired.all()))
        .transform(
            ignored -> {
              clients.close();
              return Future.succeededFuture();
            });
  }

  private Future<Void> stop(String id, long millis) {
    Running component = running.get(id);
    return component == null ? Future.succeededFuture() : component.stop(millis);
  }

  private Future<Void> letGo(Deque<List<String>> levels, Running.Ending ending) {
    List<String> level = levels.poll();
    return level == null
        ? Future.succeededFuture()
        : Future.join(
                level.stream()
                    .flatMap(id -> Optional.ofNullable(running.get(id)).stream())
                    .map(component -> component.letGo(ending))
                    .toList())
            .transform(ignored -> letGo(levels, ending));
  }
}
