package dev.stoker.admin.route;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds routes that take and answer JSON, with every failure as <code>{"error": …}</code>: 400 for a
 * {@link BadRequest}, 503 for {@link Busy}, 500 for a bug. A POST must say that it is JSON, which
 * no form of another site can.
 */
public final class JsonRoutes {
  private static final Logger log = LoggerFactory.getLogger(JsonRoutes.class);

  private final Router router;

  public JsonRoutes(Router router) {
    this.router = router;
  }

  /** Answers a GET at once. */
  public interface Answer {
    JsonObject to(Params params) throws BadRequest;
  }

  /** Answers a GET later. */
  public interface LaterAnswer {
    Future<JsonObject> to(Params params) throws BadRequest;
  }

  /** Answers a GET piece by piece, after it has checked the parameters. */
  public interface PiecewiseAnswer {
    void to(Params params, RoutingContext context) throws BadRequest;
  }

  /** Answers a POST, or has answered it by itself when its future never completes. */
  public interface PostAnswer {
    Future<JsonObject> to(JsonObject body, RoutingContext context) throws BadRequest;
  }

  public void get(String path, Answer answer) {
    piecewise(path, (params, context) -> Answers.json(context, answer.to(params)));
  }

  /** A list that takes no parameters. */
  public void list(String path, Supplier<JsonArray> answer) {
    router.get(path).handler(context -> Answers.json(context, answer.get()));
  }

  public void later(String path, LaterAnswer answer) {
    piecewise(path, (params, context) -> send(context, answer.to(params)));
  }

  public void piecewise(String path, PiecewiseAnswer answer) {
    router
        .get(path)
        .handler(
            context -> {
              try {
                answer.to(new Params(context.request()), context);
              } catch (BadRequest bad) {
                Answers.error(context, 400, bad.problem());
              }
            });
  }

  /**
   * @param maxBytes of the body
   */
  public void post(String path, int maxBytes, PostAnswer answer) {
    // A route of its own: it answers before the body is read, which a handler behind it does.
    router.post(path).handler(JsonRoutes::json);
    router
        .post(path)
        .handler(BodyHandler.create(false).setBodyLimit(maxBytes))
        .handler(context -> answer(context, answer))
        .failureHandler(tooLarge(maxBytes));
  }

  private static void json(RoutingContext context) {
    String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
    if (type == null || !type.split(";", 2)[0].strip().equals(Answers.JSON)) {
      Answers.error(context, 415, "send JSON, with the header Content-Type: application/json");
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
      send(context, answer.to(body, context));
    } catch (BadRequest bad) {
      Answers.error(context, 400, bad.problem());
    } catch (DecodeException | ClassCastException malformed) {
      Answers.error(context, 400, "the body is no JSON object of the expected shape");
    }
  }

  private static void send(RoutingContext context, Future<JsonObject> answer) {
    answer
        .onSuccess(json -> Answers.json(context, json))
        .onFailure(failure -> failed(context, failure));
  }

  private static void failed(RoutingContext context, Throwable failure) {
    if (failure instanceof BadRequest bad) {
      Answers.error(context, 400, bad.problem());
    } else if (failure instanceof Busy busy) {
      Answers.error(context, 503, busy.problem());
    } else {
      log.atError()
          .addKeyValue("path", context.request().path())
          .setCause(failure)
          .log("bug: a request has no answer");
      Answers.error(context, 500, "internal error, see the log");
    }
  }

  private static Handler<RoutingContext> tooLarge(int maxBytes) {
    return context -> {
      if (context.statusCode() == 413) {
        Answers.error(context, 413, "the body is larger than " + maxBytes + " bytes");
      } else {
        Answers.error(
            context, context.statusCode() < 500 ? 400 : 500, "the request could not be read");
      }
    };
  }
}
