package dev.stoker.admin.route;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * Writes the answers of all routes, errors too. A client that has gone away gets none. Control
 * context only.
 */
public final class Answers {
  public static final String JSON = "application/json";

  public static void json(RoutingContext context, JsonObject json) {
    json(context, 200, DeepJson.encode(json));
  }

  public static void json(RoutingContext context, JsonArray json) {
    json(context, 200, DeepJson.encode(json));
  }

  /**
   * @param body a JSON text
   */
  public static void json(RoutingContext context, int status, Buffer body) {
    if (isWaiting(context)) {
      context
          .response()
          .setStatusCode(status)
          .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
          .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
          .end(body);
    }
  }

  public static void text(RoutingContext context, int status, String text) {
    if (isWaiting(context)) {
      context
          .response()
          .setStatusCode(status)
          .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
          .end(text);
    }
  }

  /**
   * Answers with an error: <code>{"error": message}</code> to a client that reads JSON, else the
   * message as a line of text.
   */
  public static void error(RoutingContext context, int status, String message) {
    if (readsJson(context)) {
      json(context, status, DeepJson.encode(new JsonObject().put("error", message)));
    } else {
      text(context, status, message + "\n");
    }
  }

  private static boolean readsJson(RoutingContext context) {
    String path = String.valueOf(context.request().path());
    String accept = context.request().getHeader(HttpHeaders.ACCEPT);
    return path.startsWith("/api/")
        || path.equals("/-/reload")
        || (accept != null && accept.contains(JSON));
  }

  private static boolean isWaiting(RoutingContext context) {
    return !context.response().ended() && !context.response().closed();
  }

  private Answers() {}
}
