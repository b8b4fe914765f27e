package dev.stoker.admin;

import dev.stoker.config.LoadedConfig;
import dev.stoker.reload.LastReload;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.function.Supplier;

/**
 * <code>GET /api/v1/config</code>: the running config after substitution with its secrets masked,
 * and what became of the last reload.
 */
public final class ConfigApi {
  private final Supplier<LoadedConfig> config;
  private final Supplier<LastReload> last;

  public ConfigApi(Supplier<LoadedConfig> config, Supplier<LastReload> last) {
    this.config = config;
    this.last = last;
  }

  public void mount(Router router) {
    router.get("/api/v1/config").handler(context -> AdminServer.json(context, body()));
  }

  /** What it answers. */
  public Buffer body() {
    return config(config.get(), last.get()).toBuffer();
  }

  private static JsonObject config(LoadedConfig running, LastReload last) {
    JsonObject reload =
        new JsonObject()
            .put("at", TargetsApi.time(last.at()))
            .put("trigger", last.trigger())
            .put("successful", last.successful());
    return new JsonObject()
        .put("config", running.shown())
        .put("files", new JsonArray(running.files().stream().map(Object::toString).toList()))
        .put("last_reload", reload.mergeIn(ReloadApi.json(last.result())));
  }
}
