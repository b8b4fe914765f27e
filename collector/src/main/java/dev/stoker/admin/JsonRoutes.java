package dev.stoker.admin;

import dev.stoker.store.DeepJson;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JSON in, JSON out, with every failure as <code>{"error": …}</code>. A POST must say that it is
 * JSON, which no form of another site can, and a browser must not have sent it for another site.
 */
final class JsonRoutes {
  private static final Logger log = LoggerFactory.getLogger(JsonRoutes.class);
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");

  private final Router router;

  JsonRoutes(Router router) {
    this.router = router;
  }

  /** Answers a GET. */
  interface Answer {
    JsonObject to(Params params) throws BadRequest;
  }

  /** Answers a POST, or has answered it by itself when its future never completes. */
  interface PostAnswer {
    Future<JsonObject> to(JsonObject body, RoutingContext context) throws BadRequest;
  }

  void get(String path, Answer answer) {
    router
        .get(path)
        .handler(
            context -> {
              try {
                send(context, 200, answer.to(new Params(context.request())));
              } catch (BadRequest bad) {
                error(context, 400, bad.problem());
              }
            });
  }

  void post(String path, int maxBytes, PostAnswer answer) {
    // A route of its own: it answers before the body is read, which a handler behind it does.
    router.post(path).handler(JsonRoutes::own);
    router
        .post(path)
        .handler(BodyHandler.create(false).setBodyLimit(maxBytes))
        .handler(context -> answer(context, answer))
        .failureHandler(tooLarge(maxBytes));
  }

  private static void own(RoutingContext context) {
    String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
    String site = context.request().getHeader("Sec-Fetch-Site");
    if (site != null && !OWN_SITES.contains(site)) {
      error(context, 403, "refused: the request comes from a page of another site");
    } else if (type == null || !type.split(";", 2)[0].strip().equals("application/json")) {
      error(context, 415, "send JSON, with the header Content-Type: application/json");
    } else {
      context.next();
    }
  }

  private static void answer(RoutingContext context, PostAnswer answer) {
    try {
      JsonObject body = context.body().asJsonObject();
      if (body == null) {
        throw new BadRequest("the body is empty; send a JSON object");
      }
      answer
          .to(body, context)
          .onSuccess(json -> send(context, 200, json))
          .onFailure(failure -> failed(context, failure));
    } catch (BadRequest bad) {
      error(context, 400, bad.problem());
    } catch (DecodeException | ClassCastException malformed) {
      error(context, 400, "the body is no JSON object of the expected shape");
    }
  }

  private static void failed(RoutingContext context, Throwable failure) {
    if (failure instanceof BadRequest bad) {
      error(context, 400, bad.problem());
    } else if (failure instanceof Busy busy) {
      error(context, 503, String.valueOf(busy.getMessage()));
    } else {
      log.error("bug: no answer to {}", context.request().path(), failure);
      error(context, 500, "internal error, see the log");
    }
  }

  private static Handler<RoutingContext> tooLarge(int maxBytes) {
    return context -> {
      if (context.statusCode() == 413) {
        error(context, 413, "the body is larger than " + maxBytes + " bytes");
      } else {
        error(context, context.statusCode() < 500 ? 400 : 500, "the request could not be read");
      }
    };
  }

  /** Too much at once; the message is for the caller. */
  static final class Busy extends Exception {
    private static final long serialVersionUID = 1L;

    Busy(String message) {
      super(message, null, false, false);
    }
  }

  static void error(RoutingContext context, int status, String message) {
    send(context, status, new JsonObject().put("error", message));
  }

  static void send(RoutingContext context, int status, JsonObject json) {
    if (context.response().ended() || context.response().closed()) {
      return;
    }
    context
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(DeepJson.encode(json));
  }
}
