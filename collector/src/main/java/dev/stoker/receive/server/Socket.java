package dev.stoker.receive.server;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.server.Handshakes;
import dev.stoker.http.server.ListenFailure;
import dev.stoker.http.server.ServerAccess;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One open port with the login and the certificate that go with it. Requests and connections go to
 * the handlers that it was made with. Owned by the control context.
 */
final class Socket {
  /** A name with many labels is part of it. */
  private static final int MAX_REQUEST_LINE = 16 << 10;

  private static final int IDLE_SECONDS = 60;
  private static final int HANDSHAKE_SECONDS = 5;
  private static final int MAX_STREAMS = 128;

  private final Listen listen;
  private final String component;
  private final Vertx vertx;
  private final ServerAccess access;
  private @Nullable HttpServer server;
  private int port;

  Socket(Listen listen, String component, Vertx vertx, Timers timers) {
    this.listen = listen;
    this.component = component;
    this.vertx = vertx;
    this.access = new ServerAccess(listen.access(), vertx, timers, component);
  }

  Listen listen() {
    return listen;
  }

  ServerAccess access() {
    return access;
  }

  /** The port; 0 before it is open. */
  int port() {
    return port;
  }

  /** Reads the files of login and certificate. Fails with a reason for people. */
  Future<Void> read() {
    return access.open(this::newCertificate);
  }

  /** Opens the port, after {@link #read}. Fails with a reason for people. */
  Future<Void> bind(Handler<HttpConnection> connections, Handler<HttpServerRequest> requests) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxInitialLineLength(MAX_REQUEST_LINE)
            .setIdleTimeout(IDLE_SECONDS)
            .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
            .setHandle100ContinueAutomatically(true)
            .setHttp2ClearTextEnabled(true)
            // No WebSockets: a handler less for each connection.
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS));
    ServerSSLOptions ssl = access.ssl();
    if (ssl != null) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setKeyCertOptions(ssl.getKeyCertOptions())
          .setSslEngineOptions(Handshakes.options(component));
    }
    HttpServer created = vertx.createHttpServer(options);
    server = created;
    return created
        .connectionHandler(connections)
        .requestHandler(requests)
        .listen(listen.port(), listen.host())
        .map(
            open -> {
              port = open.actualPort();
              return (Void) null;
            })
        .recover(failure -> Future.failedFuture(new IOException(failed(failure), failure)));
  }

  private String failed(Throwable failure) {
    return "cannot listen on "
        + listen.shown()
        + " (listen_address, listen_port): "
        + ListenFailure.words(
            listen.host(),
            failure,
            "in use by another component or process; choose another listen_port");
  }

  private void newCertificate(ServerSSLOptions ssl) {
    HttpServer running = server;
    if (running != null) {
      running.updateSSLOptions(ssl);
    }
  }

  /** Takes no connection any more; requests at work have so long to end. */
  Future<Void> close(Duration rest) {
    access.close();
    HttpServer running = server;
    return running == null
        ? Future.succeededFuture()
        : running
            .shutdown(rest.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
            .transform(ignored -> Future.succeededFuture());
  }
}
