package dev.stoker.component;

import dev.stoker.discovery.TargetGraph;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.profile.Appender;
import dev.stoker.schema.Problem;
import dev.stoker.schema.Reference;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
 * {@link ComponentKind}, {@link Prepared} and {@link Running}. Control context only.
 */
public final class ComponentGraph {
  private static final Logger log = LoggerFactory.getLogger(ComponentGraph.class);

  private final Services services;
  private final Function<HttpClientConfig, ClientAccess> http;
  private final ComponentClients clients;
  private final RetiredComponents retired;

  /** By id, what is used before what uses it. */
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

  /** What became of a new config. */
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
   * From nothing to the first config. Credentials that cannot be read yet do not keep the rest from
   * starting: they are read as soon as they are there.
   *
   * @param kinds all there are, in an order in which they may start
   */
  public Future<Void> start(Collection<ComponentKind<?>> kinds, List<Component> first) {
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
              Next next = new Next(first);
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
      Collection<ComponentKind<?>> kinds, Next next, List<Problem> problems) {
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
    return retired
        .left()
        .compose(
            ignored -> {
              Next next = new Next(to);
              return Future.join(next.opened(), next.clients.problems())
                  .compose(
                      problems -> {
                        List<Problem> all = new ArrayList<>(problems.<List<Problem>>resultAt(0));
                        all.addAll(problems.<List<Problem>>resultAt(1));
                        return all.isEmpty() ? swap(next) : refuse(next, all);
                      });
            });
  }

  private static Future<Result> refuse(Next next, List<Problem> problems) {
    return next.abandon().map(ignored -> new Result.Refused(problems));
  }

  private Future<Result> swap(Next next) {
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

  /** From here on nothing can fail. Completes when all of the new config works. */
  private Future<Void> exchange(Next next) {
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

  /** A config that is being prepared beside the one that works. */
  private final class Next implements Preparation.Surroundings {
    final List<Component> components;
    final List<String> order;
    final ComponentDiff diff;
    final ComponentClients clients = new ComponentClients(http);
    final Map<String, Prepared> prepared = new LinkedHashMap<>();
    final TargetGraph graph = new TargetGraph(services.timers(), services.discovered());
    private final Map<String, Component> byId = new HashMap<>();

    Next(List<Component> components) {
      this.components = List.copyOf(components);
      this.diff = ComponentDiff.of(ComponentGraph.this.components, components);
      components.forEach(component -> byId.put(component.id(), component));
      this.order = order(components);
      for (String id : order) {
        Component component = byId.get(id);
        if (component != null && diff.kept().contains(id)) {
          graph.keep(targets, id);
        } else if (component != null) {
          prepared.put(id, prepare(component.kind(), component));
        }
      }
    }

    private <C extends Record> Prepared prepare(ComponentKind<C> kind, Component component) {
      return kind.prepare(
          new Preparation<>(
              component,
              component.config(kind),
              Optional.ofNullable(running.get(component.id())),
              graph,
              this));
    }

    /** What of it cannot be opened. */
    Future<List<Problem>> opened() {
      List<Problem> problems = new ArrayList<>();
      List<Future<Void>> opening = new ArrayList<>();
      prepared.forEach(
          (id, one) ->
              opening.add(
                  one.open()
                      .onSuccess(wrong -> wrong.forEach(text -> problems.add(problem(id, text))))
                      .mapEmpty()));
      return Future.join(opening).map(ignored -> problems);
    }

    private Problem problem(String id, String message) {
      Component component = byId.get(id);
      return component == null
          ? new Problem("", 0, id, message)
          : new Problem(component.place().file(), component.place().line(), id, message);
    }

    Future<Void> abandon() {
      clients.close();
      return Future.join(prepared.values().stream().map(Prepared::abandon).toList())
          .transform(ignored -> Future.succeededFuture());
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
      return clients.lend(component, config);
    }

    @Override
    public ForwardTo forwardTo(List<String> ids) {
      return new ForwardTo(receivers, ids);
    }
  }

  /**
   * Ids, what is used before what uses it. Iterative, because a chain of components may be longer
   * than a stack; the loader allows no cycle.
   */
  static List<String> order(List<Component> components) {
    Map<String, Component> byId = new LinkedHashMap<>();
    components.forEach(component -> byId.put(component.id(), component));
    Set<String> ordered = new LinkedHashSet<>();
    Deque<String> way = new ArrayDeque<>();
    for (String start : byId.keySet()) {
      way.push(start);
      while (!way.isEmpty()) {
        Optional<String> missing = missing(byId.get(way.element()), ordered, byId.keySet());
        missing.ifPresentOrElse(way::push, () -> ordered.add(way.pop()));
      }
    }
    return List.copyOf(ordered);
  }

  private static Optional<String> missing(
      @Nullable Component component, Set<String> ordered, Set<String> all) {
    return component == null
        ? Optional.empty()
        : component.references().stream()
            .map(Reference::component)
            .filter(id -> !ordered.contains(id) && all.contains(id))
            .findFirst();
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

  /** All components of such a class or with such an ability. */
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
    Future<?> discovery = targets.stop();
    return letGo(new ArrayDeque<>(levels()), ending)
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

  private Future<Void> letGo(Deque<List<Running>> levels, Running.Ending ending) {
    List<Running> level = levels.poll();
    return level == null
        ? Future.succeededFuture()
        : Future.join(level.stream().map(component -> component.letGo(ending)).toList())
            .transform(ignored -> letGo(levels, ending));
  }

  /** Users before what they use; those of one level have nothing to do with each other. */
  private List<List<Running>> levels() {
    Map<String, Integer> depth = new HashMap<>();
    Map<String, Component> byId = new HashMap<>();
    components.forEach(component -> byId.put(component.id(), component));
    List<List<Running>> levels = new ArrayList<>();
    for (String id : usersFirst()) {
      int own = depth.getOrDefault(id, 0);
      Component component = byId.get(id);
      if (component != null) {
        component.references().forEach(used -> depth.merge(used.component(), own + 1, Math::max));
      }
      while (levels.size() <= own) {
        levels.add(new ArrayList<>());
      }
      Running one = running.get(id);
      if (one != null) {
        levels.get(own).add(one);
      }
    }
    return levels;
  }
}
