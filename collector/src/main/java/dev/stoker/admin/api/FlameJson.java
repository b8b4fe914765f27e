package dev.stoker.admin.api;

import dev.stoker.pprof.flame.FlameDiff;
import dev.stoker.pprof.flame.FlameTree;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Flame graphs as the pages draw them: <code>{"name","value","children"}</code>. */
final class FlameJson {
  /**
   * @param divisor of all values
   */
  static JsonObject tree(FlameTree.Node node, double divisor) {
    JsonArray children = new JsonArray();
    // No lambda: each level is to take one frame of the thread's stack.
    for (FlameTree.Node child : node.children()) {
      children.add(tree(child, divisor));
    }
    JsonObject json =
        new JsonObject().put("name", node.name()).put("value", scaled(node.value(), divisor));
    return children.isEmpty() ? json : json.put("children", children);
  }

  /** Functions with what they took themselves and in all. */
  static JsonArray top(List<FlameTree.Top> functions, double divisor) {
    JsonArray top = new JsonArray();
    for (FlameTree.Top function : functions) {
      top.add(
          new JsonObject()
              .put("name", function.name())
              .put("self", scaled(function.self(), divisor))
              .put("total", scaled(function.total(), divisor)));
    }
    return top;
  }

  /**
   * Both values at each frame; a frame is as wide as the two together, so that one that is gone is
   * still seen.
   */
  static JsonObject diff(FlameDiff.Node node) {
    JsonArray children = new JsonArray();
    for (FlameDiff.Node child : node.children()) {
      children.add(diff(child));
    }
    JsonObject json =
        new JsonObject()
            .put("name", node.name())
            .put("value", node.before() + node.after())
            .put("before", node.before())
            .put("after", node.after());
    return children.isEmpty() ? json : json.put("children", children);
  }

  static JsonArray changes(List<FlameDiff.Top> functions) {
    JsonArray top = new JsonArray();
    for (FlameDiff.Top function : functions) {
      top.add(
          new JsonObject()
              .put("name", function.name())
              .put("before", function.before())
              .put("after", function.after()));
    }
    return top;
  }

  private static long scaled(long value, double divisor) {
    return divisor == 1 ? value : Math.round(value / divisor);
  }

  private FlameJson() {}
}
