package dev.stoker.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;

/**
 * Serves <code>/-/healthy</code>, <code>/-/ready</code>, <code>/metrics</code>, and what others
 * mount on its router. Runs on the control context, so handlers read the stages' state directly.
 */
public final class AdminServer {
  private static final int MAX_REQUEST_LINE = 8192;
  private static final int IDLE_SECONDS = 120;

  private final Router router;
  private final HttpServer server;

  public AdminServer(Vertx vertx, PrometheusMeterRegistry registry, BooleanSupplier ready) {
    this.router = Router.router(vertx);
    this.server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setMaxInitialLineLength(MAX_REQUEST_LINE)
                .setIdleTimeout(IDLE_SECONDS)
                .setCompressionSupported(true));
    router.route().handler(AdminServer::securityHeaders);
    router.get("/-/healthy").handler(context -> text(context, 200, "Stoker is healthy.\n"));
    router.get("/-/ready").handler(context -> ready(context, ready.getAsBoolean()));
    router
        .get("/metrics")
        .handler(
            context ->
                context
                    .response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                    .end(registry.scrape()));
    router.errorHandler(404, context -> text(context, 404, "not found\n"));
    router.errorHandler(405, context -> text(context, 405, "method not allowed\n"));
    router.errorHandler(500, context -> text(context, 500, "internal error, see the log\n"));
  }

  /** Where others mount their routes, before {@link #listen}. */
  public Router router() {
    return router;
  }

  /**
   * @param port 0 = any free one
   * @return the port; fails when it can't be bound
   */
  public Future<Integer> listen(String host, int port) {
    return server.requestHandler(router).listen(port, host).map(HttpServer::actualPort);
  }

  public Future<Void> stop() {
    return server.close();
  }

  /** A JSON answer. */
  static void json(RoutingContext context, Buffer body) {
    context.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body);
  }

  private static void ready(RoutingContext context, boolean ready) {
    if (ready) {
      text(context, 200, "Stoker is ready.\n");
    } else {
      text(context, 503, "Stoker is not ready: it is starting or stopping.\n");
    }
  }

  private static void text(RoutingContext context, int status, String text) {
    context
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
        .end(text);
  }

  private static void securityHeaders(RoutingContext context) {
    context
        .response()
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("X-Frame-Options", "DENY")
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Content-Security-Policy", "default-src 'self'");
    context.next();
  }
}
