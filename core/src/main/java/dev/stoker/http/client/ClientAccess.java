package dev.stoker.http.client;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.address.Urls;
import dev.stoker.http.proxy.ProxyChoice;
import dev.stoker.http.secret.Redaction;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.secret.WatchedFiles;
import dev.stoker.http.tls.Tls;
import dev.stoker.http.tls.TlsMaterial;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP settings of a component at work: puts its login, headers, TLS and proxy on requests, and
 * finds the words when a server cannot be reached with them. Its files are read again when they
 * change, see {@link WatchedFiles}.
 */
public final class ClientAccess {
  private static final int HOSTS_MILLIS = 5_000;
  private static final int UNAUTHORISED = 401;
  private static final BoundedClient.Limits TOKEN =
      new BoundedClient.Limits(Duration.ofSeconds(10), 1 << 20);

  private final HttpClientConfig config;
  private final Vertx vertx;
  private final Timers timers;
  private final ProxyChoice proxies;
  private final WatchedFiles<HttpMaterial> files;
  private final @Nullable OAuth2Tokens tokens;
  private final @Nullable ClientAccess tokenClient;
  private @Nullable Future<TlsMaterial> jvmTrust;
  private Future<Void> opening = Future.succeededFuture();

  public ClientAccess(HttpClientConfig config, Vertx vertx, Timers timers) {
    this.config = config;
    this.vertx = vertx;
    this.timers = timers;
    this.proxies = new ProxyChoice(config.proxies());
    this.files = new WatchedFiles<>(vertx, timers, new Files());
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
    return new OAuth2Tokens(oauth2, this::clientSecret, client, timers);
  }

  private String clientSecret() {
    HttpMaterial now = files.content();
    return now == null ? "" : now.clientSecret();
  }

  /** What the files of the config come to. */
  private final class Files implements WatchedFiles.Source<HttpMaterial> {
    @Override
    public List<Secret> files() {
      return HttpMaterial.files(config);
    }

    @Override
    public boolean blocks() {
      return !files().isEmpty() || !config.tls().equals(Tls.DEFAULT);
    }

    @Override
    public HttpMaterial read() throws IOException {
      return HttpMaterial.read(config, vertx);
    }

    @Override
    public String looked(HttpMaterial now) {
      return now.tls() == null ? "" : now.tls().advice(wall());
    }
  }

  /**
   * How names are looked up: an answer of DNS is kept for as long as it says itself, and the hosts
   * file is read again when it is older than 5 seconds. Vert.x would read it once.
   */
  public static AddressResolverOptions resolverOptions() {
    return new AddressResolverOptions()
        .setHostsRefreshPeriod(HOSTS_MILLIS)
        .setHostsRefreshPeriodUnit(TimeUnit.MILLISECONDS);
  }

  /**
   * Reads the files, and goes on to look at them.
   *
   * @return succeeds in any case; {@link #problem} then says whether requests can be made
   */
  public Future<Void> open() {
    Future<Void> token = tokenClient == null ? Future.succeededFuture() : tokenClient.open();
    opening = files.open();
    return opening.compose(ignored -> token);
  }

  /**
   * Sets whom log lines are about.
   *
   * @param owner id of a component
   */
  public ClientAccess of(String owner) {
    files.of(owner);
    if (tokenClient != null) {
      tokenClient.of(owner);
    }
    return this;
  }

  private Instant wall() {
    return Instant.ofEpochMilli(timers.wallMillis());
  }

  /** Why no request can be made once {@link #open} is done, or "" if they can be made. */
  public String problem() {
    String token = tokenClient == null ? "" : tokenClient.problem();
    String own = files.problem();
    return own.isEmpty() && !token.isEmpty() ? "oauth2: " + token : own;
  }

  public boolean followRedirects() {
    return config.followRedirects();
  }

  /**
   * Puts everything of the settings on a request that is about to be opened.
   *
   * @param options of the request, its URL included; they are changed here. A host that is not the
   *     URL's is the name that TLS asks for
   * @param url of the request
   * @param trusted false if the URL leads to another host than the configured one, to which no
   *     credentials may go
   * @return fails with a {@link SettingsException} if nothing may be asked yet
   */
  public Future<Void> prepare(RequestOptions options, URI url, boolean trusted) {
    timers.control().assertOn();
    HttpMaterial now = files.content();
    if (now == null) {
      return opening.compose(
          ignored ->
              files.content() == null
                  ? Future.failedFuture(new SettingsException(files.problem(), true))
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

  /** Without TLS settings the JVM's trust store counts; it is read when it is first needed. */
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
      if (isNamed(url, trusted)) {
        if (options.getServer() == null) {
          options.setServer(SocketAddress.inetSocketAddress(Urls.port(url), url.getHost()));
        }
        options.setHost(config.tls().serverName());
      }
    }
    // A unix socket is reached without a proxy.
    if (options.getServer() == null
        || options.getServer() instanceof SocketAddress server && server.isInetSocket()) {
      options.setProxyOptions(proxies.of(url, tls));
    }
    if (options.getProtocolVersion() == null && (!Urls.isHttps(url) || !config.http2())) {
      options.setProtocolVersion(HttpVersion.HTTP_1_1);
    }
  }

  private boolean isNamed(URI url, boolean trusted) {
    return trusted && Urls.isHttps(url) && !config.tls().serverName().isEmpty();
  }

  /**
   * Tells the status of an answer: a token that is refused is fetched again.
   *
   * @param trusted as it was for the request
   */
  public void answered(int status, boolean trusted) {
    if (status == UNAUTHORISED && trusted && tokens != null) {
      tokens.refused();
    }
  }

  /** Says why a request could not be opened, in words that tell what to look at. */
  public String reason(URI url, Throwable failure) {
    String text = ConnectErrors.text(url, failure, config.proxies().of(url));
    return redact(text) + hint(url, failure);
  }

  /**
   * Says what may be behind a failure at any later moment. In TLS 1.3 a server refuses a client's
   * certificate only after the connection stands.
   *
   * @return starts with "; ", or is empty
   */
  public String hint(URI url, Throwable failure) {
    HttpMaterial now = files.content();
    if (!Urls.isHttps(url) || now == null) {
      return "";
    }
    String advice = now.tls() == null ? "" : now.tls().advice(wall());
    boolean anonymous = !config.tls().cert().isSet();
    return advice.isEmpty() ? ConnectErrors.alert(failure, anonymous) : "; " + advice;
  }

  /**
   * Takes the secrets that a server or a proxy was sent out of what it has answered.
   *
   * @param answer the whole text, because a secret that is cut in two is not found
   */
  public String redact(String answer) {
    HttpMaterial now = files.content();
    Stream<String> own = now == null ? Stream.empty() : now.sent();
    Stream<String> token = tokens == null ? Stream.empty() : tokens.sent();
    return Redaction.of(
        answer, Stream.of(own, token, config.proxies().sent()).flatMap(secrets -> secrets));
  }

  /** Stops looking at the files and closes the client for tokens. */
  public void close() {
    files.close();
    if (tokens != null) {
      tokens.close();
    }
  }

  /** Opens the default settings, for tests and commands: they have no files to read. */
  public static ClientAccess plain(Vertx vertx, Timers timers) {
    ClientAccess access = new ClientAccess(HttpClientConfig.DEFAULT, vertx, timers);
    access.open();
    return access;
  }
}
