package dev.stoker.app;

import dev.stoker.concurrent.Timers;
import dev.stoker.config.Component;
import dev.stoker.config.LoadedConfig;
import dev.stoker.config.Problem;
import dev.stoker.discovery.docker.DockerConfig;
import dev.stoker.discovery.file.FileConfig;
import dev.stoker.discovery.file.FileDiscoverer;
import dev.stoker.discovery.http.HttpConfig;
import dev.stoker.discovery.kubelet.KubeletConfig;
import dev.stoker.discovery.kubernetes.KubernetesConfig;
import dev.stoker.http.HttpClientConfig;
import dev.stoker.http.HttpSettings;
import dev.stoker.http.ServerSettings;
import dev.stoker.scrape.ScrapeConfig;
import dev.stoker.write.pyroscope.EndpointConfig;
import dev.stoker.write.pyroscope.WriteConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the files of secrets and certificates that a config names, as <code>stoker run</code> does
 * when it starts, and looks for those of targets. They may be missing where a config is only
 * checked, so these are warnings.
 */
final class CredentialCheck {
  /** A file on a disk that is away may never be read. */
  private static final long PATIENCE_MILLIS = 60_000;

  static List<Problem> problems(LoadedConfig config) throws InterruptedException {
    Vertx vertx = Vertx.vertx();
    try {
      List<Problem> problems =
          ContextTask.run(
              vertx,
              PATIENCE_MILLIS,
              timers ->
                  credentials(config, vertx, timers)
                      .compose(
                          found ->
                              vertx
                                  .executeBlocking(() -> files(config, vertx, timers), false)
                                  .map(
                                      more ->
                                          Stream.concat(found.stream(), more.stream()).toList())));
      return problems.stream().distinct().toList();
    } finally {
      vertx.close();
    }
  }

  private static Future<List<Problem>> credentials(
      LoadedConfig config, Vertx vertx, Timers timers) {
    Clients clients = new Clients(http -> new HttpSettings(http, vertx, timers));
    for (Component component : config.components()) {
      clients(component.config()).forEach(http -> clients.open(component, http));
    }
    return clients.problems();
  }

  /** Blocking: what the admin server needs, and what lists of targets name. */
  private static List<Problem> files(LoadedConfig config, Vertx vertx, Timers timers) {
    List<Problem> problems = new ArrayList<>();
    String server = ServerSettings.problem(config.daemon().access(), vertx, timers);
    if (!server.isEmpty()) {
      problems.add(
          new Problem("stoker.http", 0, "", server + "; the daemon does not start without it"));
    }
    config.components().forEach(component -> problems.addAll(targetFiles(component)));
    return problems;
  }

  private static List<Problem> targetFiles(Component component) {
    List<String> patterns =
        component.config() instanceof FileConfig file ? file.files() : List.of();
    return patterns.stream()
        .filter(FileDiscoverer::matchesNone)
        .map(
            pattern ->
                new Problem(
                    component.place().file(),
                    component.place().line(),
                    component.id() + ".files",
                    "here is no file "
                        + pattern
                        + " now; check the path, or let something write it: its targets come when it"
                        + " is there"))
        .toList();
  }

  private static List<HttpClientConfig> clients(Record config) {
    if (config instanceof ScrapeConfig scrape) {
      return List.of(scrape.http());
    }
    if (config instanceof WriteConfig write) {
      return write.endpoints().stream().map(EndpointConfig::http).toList();
    }
    if (config instanceof HttpConfig http) {
      return List.of(http.http());
    }
    if (config instanceof DockerConfig docker) {
      return List.of(docker.http());
    }
    if (config instanceof KubeletConfig kubelet) {
      return List.of(kubelet.http());
    }
    if (config instanceof KubernetesConfig kubernetes) {
      return List.of(kubernetes.api().http());
    }
    return List.of();
  }

  private CredentialCheck() {}
}
