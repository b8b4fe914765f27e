package dev.stoker.component;

import dev.stoker.discovery.TargetGraph;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.profile.Appender;
import dev.stoker.schema.Problem;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A config that is being prepared beside the one that works. */
final class PreparedGraph implements Preparation.Surroundings {
  final List<Component> components;
  final List<String> order;
  final ComponentDiff diff;
  final ComponentClients clients;
  final Map<String, Prepared> prepared = new LinkedHashMap<>();
  final TargetGraph graph;
  private final Services services;
  private final Map<String, Appender> receivers;
  private final Map<String, Component> byId = new HashMap<>();

  /**
   * What works while this is prepared. It is not kept: each config would keep the one before it.
   *
   * @param http makes the settings of a client
   * @param running by id
   * @param receivers by id; those of the new config join them when it takes its place
   */
  record Current(
      Services services,
      Function<HttpClientConfig, ClientAccess> http,
      List<Component> components,
      Map<String, Running> running,
      Map<String, Appender> receivers,
      TargetGraph targets) {}

  PreparedGraph(List<Component> components, Current current) {
    this.components = List.copyOf(components);
    this.services = current.services();
    this.receivers = current.receivers();
    this.clients = new ComponentClients(current.http());
    this.graph = new TargetGraph(services.timers(), services.discovered());
    this.diff = ComponentDiff.of(current.components(), components);
    components.forEach(component -> byId.put(component.id(), component));
    this.order = ComponentOrder.usedFirst(components);
    for (String id : order) {
      Component component = byId.get(id);
      if (component != null && diff.kept().contains(id)) {
        graph.keep(current.targets(), id);
      } else if (component != null) {
        prepared.put(id, prepare(component.kind(), component, current));
      }
    }
  }

  private <C extends Record> Prepared prepare(
      ComponentKind<C> kind, Component component, Current current) {
    return kind.prepare(
        new Preparation<>(
            component,
            component.config(kind),
            Optional.ofNullable(current.running().get(component.id())),
            graph,
            this));
  }

  /** The problems of components that cannot be opened. */
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
