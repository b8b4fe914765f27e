package dev.stoker.admin.api;

import dev.stoker.labels.Labels;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How values stand in the API's JSON. */
final class Json {
  static JsonObject labels(Labels labels) {
    JsonObject json = new JsonObject();
    labels.forEach(json::put);
    return json;
  }

  static JsonArray labels(List<Labels> all) {
    JsonArray json = new JsonArray();
    all.forEach(labels -> json.add(labels(labels)));
    return json;
  }

  /** Whether a name or a value contains the text, in upper or lower case. */
  static boolean contains(Labels labels, String folded) {
    boolean[] found = {false};
    labels.forEach((name, value) -> found[0] |= has(value, folded) || has(name, folded));
    return found[0];
  }

  static boolean has(@Nullable String text, String folded) {
    if (text == null) {
      return false;
    }
    int last = text.length() - folded.length();
    for (int at = 0; at <= last; at++) {
      if (text.regionMatches(true, at, folded, 0, folded.length())) {
        return true;
      }
    }
    return false;
  }

  private Json() {}
}
