package dev.stoker.admin;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.ServerSettings;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.ssl.OpenSsl;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves <code>/-/healthy</code>, <code>/-/ready</code>, <code>/metrics</code>, and what others
 * mount on its router. Runs on the control context, so handlers read the stages' state directly.
 */
public final class AdminServer {
  private static final Logger log = LoggerFactory.getLogger(AdminServer.class);
  private static final int MAX_REQUEST_LINE = 8192;
  private static final int IDLE_SECONDS = 120;
  private static final int HANDSHAKE_SECONDS = 5;

  /** More than the few requests of each open page; fewer than a second or two of rendering. */
  private static final int MAX_WAITING = 32;

  private final Vertx vertx;
  private final Router router;
  private final ServerSettings access;
  private final Connections connections;
  private final OwnAddresses own;
  private @Nullable HttpServer server;
  private @Nullable RequestGuard guard;

  /**
   * @param access closed with the server
   */
  public AdminServer(
      Vertx vertx,
      Timers timers,
      ServerSettings access,
      PrometheusMeterRegistry registry,
      BooleanSupplier ready) {
    this.vertx = vertx;
    this.access = access;
    this.connections = new Connections(timers, Connections.Bounds.DEFAULT, registry);
    this.own = new OwnAddresses(vertx, timers);
    this.router = Router.router(vertx);
    router.route().handler(this::admitted);
    router.route().handler(AdminServer::securityHeaders);
    router.route().handler(this::guarded);
    new RemoteAccess(access, peer -> own.has(peer.remoteAddress(), peer.localAddress()))
        .mount(router);
    router.route().handler(AdminServer::readable);
    router.get("/-/healthy").handler(context -> text(context, 200, "Stoker is healthy.\n"));
    router.get("/-/ready").handler(context -> ready(context, ready.getAsBoolean()));
    Turns turns = new Turns(vertx, connections, MAX_WAITING);
    router.get("/api/*").handler(turns::bounded);
    // Not refused for others' sake: Prometheus asks seldom, and shows what is going on.
    router.get("/metrics").handler(turns::always);
    router
        .get("/metrics")
        .handler(
            context ->
                context
                    .response()
                    .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                    .end(registry.scrape()));
    router.errorHandler(404, context -> text(context, 404, "not found\n"));
    router.errorHandler(405, AdminServer::otherMethod);
    router.errorHandler(500, context -> text(context, 500, "internal error, see the log\n"));
  }

  /** Where others mount their routes, before {@link #listen}. */
  public Router router() {
    return router;
  }

  /**
   * @param port 0 = any free one
   * @return the port; fails when it can't be bound, or a file of its settings can't be read
   */
  public Future<Integer> listen(String host, int port) {
    guard = new RequestGuard(access, host);
    return access
        .open(this::newCertificate)
        .compose(ignored -> own.open())
        .compose(ignored -> bind(host, port));
  }

  private Future<Integer> bind(String host, int port) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxInitialLineLength(MAX_REQUEST_LINE)
            .setIdleTimeout(IDLE_SECONDS)
            .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
            // Streams let one connection ask a hundred things at once, and a browser needs six
            // connections: no HTTP/2, neither by TLS nor without.
            .setUseAlpn(false)
            .setHttp2ClearTextEnabled(false)
            .setCompressionSupported(true);
    ServerSSLOptions ssl = access.ssl();
    HttpServer created =
        ssl == null
            ? vertx.createHttpServer(options)
            : vertx.createHttpServer(
                options
                    .setSsl(true)
                    .setKeyCertOptions(ssl.getKeyCertOptions())
                    .setSslEngineOptions(handshakes()));
    server = created;
    return created
        .connectionHandler(connections::connected)
        .requestHandler(router)
        .listen(port, host)
        .map(HttpServer::actualPort)
        .recover(failure -> Future.failedFuture(new CannotListen(host, port, failure)));
  }

  /**
   * BoringSSL where its library can be loaded. A handshake takes the JVM more than 20 ms of the
   * event loop with the launcher's compiler flags, and whoever connects can ask for many.
   */
  private static SSLEngineOptions handshakes() {
    if (OpenSSLEngineOptions.isAvailable()) {
      return new OpenSSLEngineOptions();
    }
    log.info(
        "BoringSSL cannot be loaded, so the JVM makes the admin server's TLS handshakes, which takes"
            + " more CPU: {}",
        String.valueOf(OpenSsl.unavailabilityCause()));
    return new JdkSSLEngineOptions();
  }

  /** All routes take either GET or POST. */
  private static void otherMethod(RoutingContext context) {
    boolean reads = context.request().method().equals(HttpMethod.GET);
    text(
        context,
        405,
        "method not allowed: this path takes "
            + (reads ? "POST" : "another method, GET or POST")
            + "\n");
  }

  private void admitted(RoutingContext context) {
    if (connections.admit(context)) {
      context.next();
    }
  }

  private void newCertificate(ServerSSLOptions ssl) {
    HttpServer running = server;
    if (running != null) {
      running.updateSSLOptions(ssl);
    }
  }

  /** Vert.x decodes a query when it is first asked for, and throws then. */
  private static void readable(RoutingContext context) {
    try {
      context.queryParams();
    } catch (RuntimeException malformed) {
      text(context, 400, "the query cannot be decoded: % must be followed by two hex digits\n");
      return;
    }
    context.next();
  }

  private void guarded(RoutingContext context) {
    RequestGuard checks = guard;
    if (checks == null) {
      context.next();
    } else {
      checks.check(context);
    }
  }

  public Future<Void> stop() {
    access.close();
    own.close();
    return server == null ? Future.succeededFuture() : server.close();
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

  static void text(RoutingContext context, int status, String text) {
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
