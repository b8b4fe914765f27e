package dev.stoker.http;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A component's HTTP settings at work: puts credentials and TLS on requests, and reads their files
 * again when they change, off the event loop. The last good content stays. Control context only.
 */
public final class HttpSettings {
  private static final Logger log = LoggerFactory.getLogger(HttpSettings.class);
  private static final long LOOK_MILLIS = 5_000;
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private final HttpClientConfig config;
  private final Vertx vertx;
  private final Timers timers;
  private @Nullable HttpMaterial material;
  private String problem = "its credential or certificate files are not read yet";
  private Timers.Cancellable looking = () -> {};
  private boolean closed;

  public HttpSettings(HttpClientConfig config, Vertx vertx, Timers timers) {
    this.config = config;
    this.vertx = vertx;
    this.timers = timers;
  }

  /** Reads the files; a failure is {@link #problem}, and is tried again. */
  public Future<Void> open() {
    if (HttpMaterial.files(config).isEmpty()) {
      try {
        read(HttpMaterial.read(config));
      } catch (IOException wrong) {
        failed(wrong);
      }
      return Future.succeededFuture();
    }
    return look();
  }

  private Future<Void> look() {
    HttpMaterial before = material;
    return vertx
        .executeBlocking(
            () -> {
              boolean same = before != null && HttpMaterial.stamps(config).equals(before.stamps());
              return same ? Objects.requireNonNull(before) : HttpMaterial.read(config);
            },
            false)
        .onSuccess(this::read)
        .onFailure(this::failed)
        .eventually(
            () -> {
              if (!closed) {
                looking = timers.after(LOOK_MILLIS, this::look);
              }
              return Future.succeededFuture();
            })
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private void read(HttpMaterial now) {
    if (material != null && now != material) {
      log.info("credentials or certificates have changed and were read again");
    }
    material = now;
    problem = "";
  }

  private void failed(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (material == null) {
      problem = message;
    } else {
      log.warn("{}; the last good content stays in use", message);
    }
  }

  /** Why no request can be made; "" = fine. */
  public String problem() {
    return problem;
  }

  public boolean followRedirects() {
    return config.followRedirects();
  }

  /**
   * Before a request is made.
   *
   * @param url of the request
   * @param trusted false = another host than the configured one: no credentials go there
   */
  public void apply(RequestOptions options, URI url, boolean trusted) {
    HttpMaterial now = material;
    if (now == null) {
      return;
    }
    if (trusted && !now.authorization().isEmpty()) {
      options.putHeader(HttpHeaders.AUTHORIZATION, now.authorization());
    }
    if ("https".equals(url.getScheme()) && now.ssl() != null) {
      options.setSslOptions(now.ssl());
      if (!config.tls().serverName().isEmpty()) {
        options.setServer(SocketAddress.inetSocketAddress(port(url), url.getHost()));
        options.setHost(config.tls().serverName());
      }
    }
  }

  /** After it is made: with a server_name, the Host header is still the URL's. */
  public void apply(HttpClientRequest request, URI url) {
    if ("https".equals(url.getScheme()) && !config.tls().serverName().isEmpty()) {
      request.authority(HostAndPort.create(url.getHost(), port(url)));
    }
  }

  private static int port(URI url) {
    if (url.getPort() > 0) {
      return url.getPort();
    }
    return "https".equals(url.getScheme()) ? HTTPS : HTTP;
  }

  public void close() {
    closed = true;
    looking.cancel();
  }

  /** For tests and commands: settings without files need no reading. */
  public static HttpSettings plain(Vertx vertx, Timers timers) {
    HttpSettings settings = new HttpSettings(HttpClientConfig.DEFAULT, vertx, timers);
    settings.open();
    return settings;
  }
}
