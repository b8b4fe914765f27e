package dev.stoker.component;

import dev.stoker.http.client.HttpClientConfig;
import dev.stoker.http.client.HttpSettings;
import dev.stoker.schema.Problem;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * HTTP settings by the component that they are for: opened before a component takes part, closed
 * when it leaves. Control context only.
 */
public final class ComponentClients {
  private final Function<HttpClientConfig, HttpSettings> create;
  private final Map<String, List<HttpSettings>> open = new HashMap<>();
  private final Map<HttpSettings, Component> opening = new HashMap<>();
  private final List<Future<Void>> opened = new ArrayList<>();

  public ComponentClients(Function<HttpClientConfig, HttpSettings> create) {
    this.create = create;
  }

  /** Files are being read when this returns. */
  public HttpSettings open(Component component, HttpClientConfig config) {
    HttpSettings created = lend(component, config);
    open.computeIfAbsent(component.id(), ignored -> new ArrayList<>()).add(created);
    return created;
  }

  /** The same for who closes them himself. */
  HttpSettings lend(Component component, HttpClientConfig config) {
    HttpSettings created = create.apply(config).of(component.id());
    opening.put(created, component);
    opened.add(created.open());
    return created;
  }

  /** What of the settings opened here cannot be used, once that is known. */
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
    List<HttpSettings> settings = open.remove(component);
    if (settings != null) {
      settings.forEach(HttpSettings::close);
    }
  }

  void close() {
    List.copyOf(open.keySet()).forEach(this::close);
  }
}
