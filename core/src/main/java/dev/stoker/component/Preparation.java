package dev.stoker.component;

import dev.stoker.discovery.TargetGraph;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.HttpClientConfig;
import java.util.List;
import java.util.Optional;

/**
 * Everything that the graph gives to a kind that prepares a component.
 *
 * @param running the component of this id that works now, with another config
 * @param graph where it takes part in discovery
 */
public record Preparation<C extends Record>(
    Component component,
    C config,
    Optional<Running> running,
    TargetGraph graph,
    Surroundings surroundings) {

  /** The services that the graph has for all components alike. */
  public interface Surroundings {
    Services services();

    /** Opens an HTTP client that is closed when the component leaves or prepares another. */
    ClientAccess open(Component component, HttpClientConfig config);

    /** The same, but the component closes it. */
    ClientAccess lend(Component component, HttpClientConfig config);

    /** The receivers of those ids, whatever works under them at the time. */
    ForwardTo forwardTo(List<String> receivers);
  }

  public String id() {
    return component.id();
  }

  public Services services() {
    return surroundings.services();
  }

  /** The running component as the class that its kind has made. */
  public <T extends Running> Optional<T> running(Class<T> type) {
    return running.map(type::cast);
  }

  /**
   * An HTTP client of the component. Its files are being read when this returns; what is wrong with
   * them is a problem of the reload. The graph closes it.
   */
  public ClientAccess http(HttpClientConfig http) {
    return surroundings.open(component, http);
  }

  /** Opens a client that the component closes itself. */
  public ClientAccess lend(HttpClientConfig http) {
    return surroundings.lend(component, http);
  }

  /**
   * Asks for whole answers of a bounded size by an HTTP client of the component. Who gets it closes
   * it.
   */
  public BoundedClient get(HttpClientConfig http, BoundedClient.Limits limits) {
    return new BoundedClient(
        services().vertx(), services().timers(), http(http), limits, services().userAgent());
  }

  public ForwardTo forwardTo(List<String> receivers) {
    return surroundings.forwardTo(receivers);
  }
}
