package dev.stoker.admin.server;

import dev.stoker.admin.route.Answers;
import dev.stoker.concurrent.Timers;
import dev.stoker.http.server.Handshakes;
import dev.stoker.http.server.ServerAccess;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP server, and what stands before all routes: bounds on clients, headers, login, and who
 * may do what. The routes are added to its router before it listens. Runs on the control context,
 * so handlers read the stages' state directly.
 */
public final class AdminServer {
  private static final int MAX_REQUEST_LINE = 8192;
  private static final int IDLE_SECONDS = 120;
  private static final int HANDSHAKE_SECONDS = 5;

  /** More than the few requests of each open page; fewer than a second or two of rendering. */
  private static final int MAX_WAITING = 32;

  private final Vertx vertx;
  private final Router router;
  private final ServerAccess access;
  private final Connections connections;
  private final OwnAddresses own;
  private final RemoteAccess remote;
  private @Nullable HttpServer server;
  private @Nullable RequestGuard guard;

  /**
   * @param access closed with the server
   * @param unreadBytes of answers that clients may leave unread, all but the largest together; with
   *     more, further requests are answered 503
   */
  public AdminServer(
      Vertx vertx, Timers timers, ServerAccess access, MeterRegistry registry, long unreadBytes) {
    this.vertx = vertx;
    this.access = access;
    this.connections = new Connections(timers, Connections.Bounds.within(unreadBytes), registry);
    this.own = new OwnAddresses(vertx, timers);
    this.remote =
        new RemoteAccess(access, peer -> own.has(peer.remoteAddress(), peer.localAddress()));
    this.router = Router.router(vertx);
    router.route().handler(this::admitted);
    router.route().handler(AdminServer::securityHeaders);
    router.route().handler(this::guarded);
    remote.mount(router);
    router.route().handler(AdminServer::readable);
    router.errorHandler(404, context -> Answers.error(context, 404, "not found"));
    router.errorHandler(405, AdminServer::otherMethod);
    router.errorHandler(500, context -> Answers.error(context, 500, "internal error, see the log"));
  }

  /** Answers with what this client may do. */
  public void access(RoutingContext context) {
    Answers.json(context, remote.shown(context.request()));
  }

  /** Requests to the API and for metrics, on routes that are added from now on, wait in turn. */
  public void takeTurns() {
    Turns turns = new Turns(vertx, connections, MAX_WAITING);
    router.get("/api/*").handler(turns::bounded);
    // Not refused for others' sake: Prometheus asks seldom, and shows what is going on.
    router.get("/metrics").handler(turns::always);
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
            // No WebSockets either: a handler less for each connection.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setCompressionSupported(true);
    ServerSSLOptions ssl = access.ssl();
    HttpServer created =
        ssl == null
            ? vertx.createHttpServer(options)
            : vertx.createHttpServer(
                options
                    .setSsl(true)
                    .setKeyCertOptions(ssl.getKeyCertOptions())
                    .setSslEngineOptions(Handshakes.options("the admin server")));
    server = created;
    return created
        .connectionHandler(connections::connected)
        .requestHandler(router)
        .listen(port, host)
        .map(HttpServer::actualPort)
        .recover(failure -> Future.failedFuture(new CannotListen(host, port, failure)));
  }

  /** All routes take either GET or POST. */
  private static void otherMethod(RoutingContext context) {
    boolean reads = context.request().method().equals(HttpMethod.GET);
    Answers.error(
        context,
        405,
        "method not allowed: this path takes " + (reads ? "POST" : "another method, GET or POST"));
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
      Answers.error(
          context, 400, "the query cannot be decoded: % must be followed by two hex digits");
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
