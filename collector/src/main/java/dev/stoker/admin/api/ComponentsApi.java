package dev.stoker.admin.api;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import dev.stoker.admin.route.BadRequest;
import dev.stoker.admin.route.Params;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Supplier;

/**
 * <code>GET /api/v1/components</code>: the component graph and how each component is; <code>
 * /api/v1/components/config?id=</code>: what one was configured with, secrets masked.
 */
public final class ComponentsApi {
  private final Supplier<List<ComponentView>> components;
  private final Supplier<String> config;

  /**
   * @param config the running one as HOCON, secrets masked
   */
  public ComponentsApi(Supplier<List<ComponentView>> components, Supplier<String> config) {
    this.components = components;
    this.config = config;
  }

  /** Lists all components. */
  public JsonArray list() {
    JsonArray items = new JsonArray();
    components.get().forEach(view -> items.add(item(view)));
    return items;
  }

  /** Shows the configuration of the component <code>id</code>. */
  public JsonObject config(Params params) throws BadRequest {
    String id = params.text("id");
    ComponentView view =
        components.get().stream().filter(each -> each.id().equals(id)).findFirst().orElse(null);
    if (view == null) {
      throw new BadRequest("id must be that of a component, see /api/v1/components");
    }
    if (view.health().equals("left_out")) {
      return new JsonObject().put("id", id).put("config", "# " + view.message());
    }
    try {
      String text =
          ConfigFactory.parseString(config.get())
              .getValue(id)
              .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
      return new JsonObject().put("id", id).put("config", text);
    } catch (ConfigException elsewhere) {
      throw new BadRequest("the config does not show this component by itself; see /api/v1/config");
    }
  }

  private static JsonObject item(ComponentView view) {
    JsonObject item =
        new JsonObject()
            .put("id", view.id())
            .put("kind", view.kind())
            .put("health", view.health())
            .put("message", view.message())
            .put("exports", new JsonArray(view.exports()))
            .put("references", new JsonArray(view.references()));
    if (!view.books().isEmpty()) {
      JsonObject books = new JsonObject();
      view.books().forEach(books::put);
      item.put("books", books);
    }
    return item;
  }
}
