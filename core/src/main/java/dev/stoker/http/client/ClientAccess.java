package dev.stoker.http.client;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.address.Urls;
import dev.stoker.http.proxy.ProxyChoice;
import dev.stoker.http.secret.Redaction;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import dev.stoker.http.tls.TlsMaterial;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A component's HTTP settings at work: opens requests with credentials, headers, TLS and proxy on
 * them, and reads their files again when they change, off the event loop. The last good content
 * stays. Control context only.
 */
public final class ClientAccess {
  private static final Logger log = LoggerFactory.getLogger(ClientAccess.class);
  private static final long LOOK_MILLIS = 5_000;
  private static final int UNAUTHORISED = 401;
  private static final BoundedClient.Limits TOKEN =
      new BoundedClient.Limits(Duration.ofSeconds(10), 1 << 20);

  private final HttpClientConfig config;
  private final Vertx vertx;
  private final Timers timers;
  private final ProxyChoice proxies;
  private final @Nullable OAuth2Tokens tokens;
  private final @Nullable ClientAccess tokenClient;
  private @Nullable HttpMaterial material;
  private @Nullable Future<TlsMaterial> jvmTrust;
  private Future<Void> opening = Future.succeededFuture();
  private String problem = "its credential or certificate files are not read yet";
  private String warned = "";
  private String component = "";
  private boolean failing;
  private Timers.Cancellable looking = () -> {};
  private boolean closed;

  public ClientAccess(HttpClientConfig config, Vertx vertx, Timers timers) {
    this.config = config;
    this.vertx = vertx;
    this.timers = timers;
    this.proxies = new ProxyChoice(config.proxies());
    if (config.auth() instanceof Auth.OAuth2 oauth2) {
      ClientAccess client = new ClientAccess(oauth2.client(), vertx, timers);
      this.tokenClient = client;
      this.tokens = tokens(oauth2, client);
    } else {
      this.tokenClient = null;
      this.tokens = null;
    }
  }

  private OAuth2Tokens tokens(Auth.OAuth2 oauth2, ClientAccess own) {
    BoundedClient client = new BoundedClient(vertx, timers, own, TOKEN, "Stoker");
    return new OAuth2Tokens(
        oauth2, () -> material == null ? "" : material.clientSecret(), client, timers);
  }

  /**
   * How names are looked up: an answer of DNS is kept for as long as it says itself, and the hosts
   * file is read again when it is older than some seconds. Vert.x would read it once.
   */
  public static AddressResolverOptions resolverOptions() {
    return new AddressResolverOptions()
        .setHostsRefreshPeriod((int) LOOK_MILLIS)
        .setHostsRefreshPeriodUnit(TimeUnit.MILLISECONDS);
  }

  /** Reads the files; a failure is every request's, and is tried again. */
  public Future<Void> open() {
    Future<Void> token = tokenClient == null ? Future.succeededFuture() : tokenClient.open();
    opening = look();
    return opening.compose(ignored -> token);
  }

  private Future<Void> look() {
    HttpMaterial before = material;
    boolean files = !HttpMaterial.files(config).isEmpty();
    if (before == null && !files && config.tls().equals(Tls.DEFAULT)) {
      try {
        read(HttpMaterial.read(config, vertx));
      } catch (java.io.IOException wrong) {
        failed(wrong);
      }
      return Future.succeededFuture();
    }
    return vertx
        .executeBlocking(
            () -> {
              boolean same = before != null && HttpMaterial.stamps(config).equals(before.stamps());
              return same ? Objects.requireNonNull(before) : HttpMaterial.read(config, vertx);
            },
            false)
        // One step: of several listeners, one that is added late may run before an earlier one.
        .transform(
            (now, failure) -> {
              try {
                if (failure == null) {
                  read(now);
                } else {
                  failed(failure);
                }
              } catch (Throwable thrown) {
                bug(thrown);
              } finally {
                if (!closed && files) {
                  looking = timers.after(LOOK_MILLIS, this::look);
                }
              }
              return Future.succeededFuture();
            });
  }

  /**
   * Whom log lines are about.
   *
   * @param owner id of a component
   */
  public ClientAccess of(String owner) {
    component = owner;
    if (tokenClient != null) {
      tokenClient.component = owner;
    }
    return this;
  }

  private void read(HttpMaterial now) {
    if (failing) {
      log.atInfo()
          .addKeyValue("component", component)
          .addKeyValue("files", files())
          .log("credentials and certificates can be read again");
    } else if (material != null && now != material) {
      log.atInfo()
          .addKeyValue("component", component)
          .addKeyValue("files", HttpMaterial.changed(config, material.stamps(), now.stamps()))
          .log("credentials or certificates have changed and were read again");
    }
    failing = false;
    material = now;
    problem = "";
    warn(now.tls() == null ? "" : now.tls().advice(wall()));
  }

  private void failed(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (material == null) {
      problem = message;
    } else {
      failing = true;
      warn(message + "; the last good content stays in use");
    }
  }

  /** A token may be rotated after it too: the files are looked at again. */
  private void bug(Throwable thrown) {
    String message = thrown.toString();
    if (!message.equals(warned)) {
      log.atError()
          .addKeyValue("component", component)
          .setCause(thrown)
          .log("bug: credentials and certificates were not taken over; they are read again later");
    }
    warned = message;
  }

  private List<String> files() {
    return HttpMaterial.files(config).stream().map(Secret::file).distinct().toList();
  }

  private void warn(String message) {
    if (!message.isEmpty() && !message.equals(warned)) {
      log.atWarn().addKeyValue("component", component).log("{}", message);
    }
    warned = message;
  }

  private Instant wall() {
    return Instant.ofEpochMilli(timers.wallMillis());
  }

  /** Why no request can be opened, once {@link #open} is done; "" = fine. */
  public String problem() {
    String token = tokenClient == null ? "" : tokenClient.problem();
    return problem.isEmpty() && !token.isEmpty() ? "oauth2: " + token : problem;
  }

  public boolean followRedirects() {
    return config.followRedirects();
  }

  /**
   * Puts everything of the settings on a request that is about to be opened.
   *
   * @param options of the request, its URL included; changed here. A host that is not the URL's is
   *     the name for TLS
   * @param url of the request
   * @param trusted false = another host than the configured one: no credentials go there
   * @return fails with a {@link SettingsException} when nothing may be asked yet
   */
  public Future<Void> prepare(RequestOptions options, URI url, boolean trusted) {
    HttpMaterial now = material;
    if (now == null) {
      return opening.compose(
          ignored ->
              material == null
                  ? Future.failedFuture(new SettingsException(problem, true))
                  : prepare(options, url, trusted));
    }
    if (trusted) {
      now.headers()
          .forEach((name, values) -> values.forEach(value -> options.addHeader(name, value)));
    }
    Future<String> login =
        tokens == null || !trusted ? Future.succeededFuture(now.authorization()) : tokens.header();
    return login.compose(
        header -> {
          if (trusted && !header.isEmpty()) {
            options.putHeader(HttpHeaders.AUTHORIZATION, header);
          }
          boolean speaksTls = Urls.isHttps(url) || proxies.speaksTls(url);
          Future<@Nullable TlsMaterial> tls = speaksTls ? tls(now) : Future.succeededFuture();
          return tls.map(
              material -> {
                connection(options, url, trusted, material);
                return null;
              });
        });
  }

  private Future<TlsMaterial> tls(HttpMaterial now) {
    if (now.tls() != null) {
      return Future.succeededFuture(now.tls());
    }
    if (jvmTrust == null) {
      jvmTrust = vertx.executeBlocking(() -> TlsMaterial.read(Tls.DEFAULT, vertx), false);
    }
    return jvmTrust;
  }

  private void connection(
      RequestOptions options, URI url, boolean trusted, @Nullable TlsMaterial tls) {
    if (tls != null) {
      options.setSslOptions(tls.options());
      if (named(url, trusted)) {
        options.setServer(SocketAddress.inetSocketAddress(Urls.port(url), url.getHost()));
        options.setHost(config.tls().serverName());
      }
    }
    if (options.getServer() == null
        || options.getServer() instanceof SocketAddress server && server.isInetSocket()) {
      options.setProxyOptions(proxies.of(url, tls));
    }
    if (options.getProtocolVersion() == null && (!Urls.isHttps(url) || !config.http2())) {
      options.setProtocolVersion(HttpVersion.HTTP_1_1);
    }
  }

  private boolean named(URI url, boolean trusted) {
    return trusted && Urls.isHttps(url) && !config.tls().serverName().isEmpty();
  }

  /**
   * An answer has come.
   *
   * @param trusted as for the request
   */
  public void answered(int status, boolean trusted) {
    if (status == UNAUTHORISED && trusted && tokens != null) {
      tokens.refused();
    }
  }

  /** Why a request could not be opened, in words that say what to look at. */
  public String reason(URI url, Throwable failure) {
    String text = ConnectErrors.text(url, failure, config.proxies().of(url));
    return redact(text) + hint(url, failure);
  }

  /**
   * What may be behind a failure at any later moment: in TLS 1.3 a server refuses a client's
   * certificate only after the connection stands.
   *
   * @return starts with "; ", or is empty
   */
  public String hint(URI url, Throwable failure) {
    HttpMaterial now = material;
    if (!Urls.isHttps(url) || now == null) {
      return "";
    }
    String advice = now.tls() == null ? "" : now.tls().advice(wall());
    boolean anonymous = !config.tls().cert().isSet();
    return advice.isEmpty() ? ConnectErrors.alert(failure, anonymous) : "; " + advice;
  }

  /** What a server or a proxy has answered, without the secrets that it was sent. */
  public String redact(String answer) {
    HttpMaterial now = material;
    Stream<String> own = now == null ? Stream.empty() : now.sent();
    Stream<String> token = tokens == null ? Stream.empty() : tokens.sent();
    return Redaction.of(
        answer, Stream.of(own, token, config.proxies().sent()).flatMap(secrets -> secrets));
  }

  public void close() {
    closed = true;
    looking.cancel();
    if (tokens != null) {
      tokens.close();
    }
  }

  /** For tests and commands: settings without files need no reading. */
  public static ClientAccess plain(Vertx vertx, Timers timers) {
    ClientAccess settings = new ClientAccess(HttpClientConfig.DEFAULT, vertx, timers);
    settings.open();
    return settings;
  }
}
