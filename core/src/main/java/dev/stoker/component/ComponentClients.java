package dev.stoker.component;

import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.schema.Problem;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * HTTP settings by the component that they are for: opened before a component takes part, closed
 * when it leaves.
 */
public final class ComponentClients {
  private final Function<HttpClientConfig, ClientAccess> create;
  private final Map<String, List<ClientAccess>> open = new HashMap<>();
  private final Map<ClientAccess, Component> opening = new HashMap<>();
  private final List<Future<Void>> opened = new ArrayList<>();

  public ComponentClients(Function<HttpClientConfig, ClientAccess> create) {
    this.create = create;
  }

  /** Files are being read when this returns. */
  public ClientAccess open(Component component, HttpClientConfig config) {
    ClientAccess created = lend(component, config);
    open.computeIfAbsent(component.id(), ignored -> new ArrayList<>()).add(created);
    return created;
  }

  /** Opens settings that the caller closes. */
  ClientAccess lend(Component component, HttpClientConfig config) {
    ClientAccess created = create.apply(config).of(component.id());
    opening.put(created, component);
    opened.add(created.open());
    return created;
  }

  /**
   * The problems of the settings that were opened here. It completes when all of them have been
   * tried.
   */
  public Future<List<Problem>> problems() {
    return Future.join(opened)
        .map(
            ignored ->
                opening.entrySet().stream()
                    .filter(entry -> !entry.getKey().problem().isEmpty())
                    .map(entry -> problem(entry.getValue(), entry.getKey().problem()))
                    .toList());
  }

  private static Problem problem(Component component, String message) {
    return new Problem(component.place().file(), component.place().line(), component.id(), message);
  }

  /** Takes those of another over; those that it has for the same components take their place. */
  void takeOver(ComponentClients other) {
    other.open.forEach(
        (component, settings) -> {
          close(component);
          open.put(component, settings);
        });
  }

  void close(String component) {
    List<ClientAccess> settings = open.remove(component);
    if (settings != null) {
      settings.forEach(ClientAccess::close);
    }
  }

  void close() {
    List.copyOf(open.keySet()).forEach(this::close);
  }
}
