package dev.stoker.admin.api;

import dev.stoker.reload.LastReload;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * <code>GET /api/v1/config</code>: the running config after substitution with its secrets masked,
 * and what became of the last reload.
 */
public final class ConfigApi {
  private final Supplier<Shown> config;
  private final Supplier<LastReload> last;

  /**
   * The running config.
   *
   * @param text after substitution, secrets masked
   * @param files that it was loaded from
   */
  public record Shown(String text, List<Path> files) {
    public Shown {
      files = List.copyOf(files);
    }
  }

  public ConfigApi(Supplier<Shown> config, Supplier<LastReload> last) {
    this.config = config;
    this.last = last;
  }

  public JsonObject show() {
    return json(config.get(), last.get());
  }

  private static JsonObject json(Shown running, LastReload last) {
    JsonObject reload =
        new JsonObject()
            .put("at", TargetsApi.time(last.at()))
            .put("trigger", last.trigger())
            .put("successful", last.successful());
    return new JsonObject()
        .put("config", running.text())
        .put("files", new JsonArray(running.files().stream().map(Object::toString).toList()))
        .put("last_reload", reload.mergeIn(ReloadApi.json(last.result())));
  }
}
