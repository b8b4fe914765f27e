package dev.stoker.admin.route;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes without recursion: a flame graph is as deep as the stacks that it shows, and a thread's
 * own stack is small here (a few dozen levels were too many for the usual encoder).
 */
public final class DeepJson {
  private final Buffer out = Buffer.buffer();
  private final Deque<Iterator<?>> open = new ArrayDeque<>();
  private final Deque<String> ends = new ArrayDeque<>();

  private DeepJson() {}

  public static Buffer encode(JsonObject json) {
    return encoded(json);
  }

  public static Buffer encode(JsonArray json) {
    return encoded(json);
  }

  private static Buffer encoded(Object json) {
    DeepJson encoder = new DeepJson();
    encoder.value(json);
    encoder.run();
    return encoder.out;
  }

  private void run() {
    boolean first = true;
    while (!open.isEmpty()) {
      Iterator<?> top = open.element();
      if (!top.hasNext()) {
        open.remove();
        out.appendString(ends.remove());
        first = false;
        continue;
      }
      if (!first) {
        out.appendString(",");
      }
      Object next = top.next();
      if (next instanceof Map.Entry<?, ?> field) {
        out.appendString(Json.encode(field.getKey())).appendString(":");
        first = value(field.getValue());
      } else {
        first = value(next);
      }
    }
  }

  /** Whether it was opened only, and its own values follow. */
  private boolean value(@Nullable Object value) {
    if (value instanceof JsonObject object) {
      return begin("{", object.getMap().entrySet().iterator(), "}");
    }
    if (value instanceof JsonArray array) {
      return begin("[", array.getList().iterator(), "]");
    }
    out.appendString(Json.encode(value));
    return false;
  }

  private boolean begin(String begin, Iterator<?> values, String end) {
    out.appendString(begin);
    open.push(values);
    ends.push(end);
    return true;
  }
}
