package dev.stoker.admin;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.function.Supplier;

/** <code>GET /api/v1/components</code>: the component graph and how each component is. */
public final class ComponentsApi {
  private final Supplier<List<ComponentView>> components;

  public ComponentsApi(Supplier<List<ComponentView>> components) {
    this.components = components;
  }

  public void mount(Router router) {
    router
        .get("/api/v1/components")
        .handler(
            context -> {
              JsonArray items = new JsonArray();
              components.get().forEach(view -> items.add(item(view)));
              AdminServer.json(context, items.toBuffer());
            });
  }

  private static JsonObject item(ComponentView view) {
    return new JsonObject()
        .put("id", view.id())
        .put("kind", view.kind())
        .put("health", view.health())
        .put("message", view.message())
        .put("exports", new JsonArray(view.exports()))
        .put("references", new JsonArray(view.references()));
  }
}
