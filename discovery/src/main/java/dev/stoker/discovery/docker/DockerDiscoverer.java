package dev.stoker.discovery.docker;

import dev.stoker.concurrent.Timers;
import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.Polling;
import dev.stoker.discovery.Polling.Polled;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.failure.LoginPage;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Asks a Docker engine (or what speaks its API) for containers and networks. */
public final class DockerDiscoverer {
  private final DockerConfig config;
  private final BoundedClient get;

  private DockerDiscoverer(DockerConfig config, BoundedClient get) {
    this.config = config;
    this.get = get;
  }

  /**
   * @param get opened; closed with the discoverer
   */
  public static Discoverer create(DockerConfig config, BoundedClient get, Timers timers) {
    DockerDiscoverer docker = new DockerDiscoverer(config, get);
    return new Polling(timers, config.refreshInterval(), docker::poll, get::close);
  }

  private Future<Polled> poll() {
    JsonObject filters = new JsonObject();
    config
        .filters()
        .forEach((name, values) -> filters.put(name, new JsonArray(List.copyOf(values))));
    String query =
        config.filters().isEmpty()
            ? ""
            : "?filters=" + URLEncoder.encode(filters.encode(), StandardCharsets.UTF_8);
    return list("/networks")
        .compose(
            networks ->
                list("/containers/json" + query)
                    .map(
                        containers ->
                            new Polled(new Containers(config, networks).groups(containers), "")))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof ClassCastException
                        ? where() + " answers in another shape than a Docker engine"
                        : String.valueOf(failure.getMessage())));
  }

  private Future<JsonArray> list(String path) {
    URI url = URI.create(config.url().toString().replaceAll("/+$", "") + path);
    String socket = config.socket().isEmpty() ? null : config.socket();
    return get.get(url, Map.of("Accept", "application/json"), socket)
        .compose(
            answer -> {
              if (answer.status() != 200) {
                return Future.failedFuture(
                    where() + path + " answers " + answer.status() + ", not 200");
              }
              try {
                return Future.succeededFuture(new JsonArray(answer.body()));
              } catch (DecodeException | ClassCastException malformed) {
                String hint = LoginPage.hint(answer.contentType(), answer.body());
                return Future.failedFuture(where() + path + " answers with no JSON list" + hint);
              }
            });
  }

  private String where() {
    return config.socket().isEmpty() ? config.url().toString() : "unix://" + config.socket();
  }
}
