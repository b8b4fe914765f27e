package dev.stoker.app.command;

import dev.stoker.component.Component;
import dev.stoker.component.ComponentClients;
import dev.stoker.concurrent.Timers;
import dev.stoker.config.LoadedConfig;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.server.ServerAccess;
import dev.stoker.schema.Problem;
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
    ComponentClients clients = new ComponentClients(http -> new ClientAccess(http, vertx, timers));
    for (Component component : config.components()) {
      component.clients().forEach(http -> clients.open(component, http));
    }
    return clients.problems();
  }

  /** Blocking: what the admin server needs, and what lists of targets name. */
  private static List<Problem> files(LoadedConfig config, Vertx vertx, Timers timers) {
    List<Problem> problems = new ArrayList<>();
    String server = ServerAccess.problem(config.daemon().access(), vertx, timers);
    if (!server.isEmpty()) {
      problems.add(
          new Problem("stoker.http", 0, "", server + "; the daemon does not start without it"));
    }
    config.components().forEach(component -> problems.addAll(look(component)));
    return problems;
  }

  private static List<Problem> look(Component component) {
    return component.look().stream()
        .map(
            found ->
                new Problem(
                    component.place().file(),
                    component.place().line(),
                    component.id() + "." + found.argument(),
                    found.message()))
        .toList();
  }

  private CredentialCheck() {}
}
