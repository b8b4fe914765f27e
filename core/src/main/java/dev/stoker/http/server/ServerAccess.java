package dev.stoker.http.server;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.Auth;
import dev.stoker.http.client.AuthorizationHeader;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.secret.SecretFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link ServerConfig} at work: reads its files again when they change, off the event loop. The
 * last good content stays. Control context only.
 */
public final class ServerAccess {
  private static final Logger log = LoggerFactory.getLogger(ServerAccess.class);
  private static final long LOOK_MILLIS = 5_000;

  /**
   * @param authorization what the header has to be; "" = no login
   * @param ssl null = plain http
   */
  private record Material(
      String authorization, @Nullable ServerSSLOptions ssl, List<String> stamps) {}

  private final ServerConfig config;
  private final Vertx vertx;
  private final Timers timers;
  private Consumer<ServerSSLOptions> newCertificate = ssl -> {};
  private @Nullable Material material;
  private String warned = "";
  private Timers.Cancellable looking = () -> {};
  private boolean closed;

  public ServerAccess(ServerConfig config, Vertx vertx, Timers timers) {
    this.config = config;
    this.vertx = vertx;
    this.timers = timers;
  }

  /**
   * Reads the files for the first time.
   *
   * @param onNewCertificate called later, when they hold another one
   * @return fails with an {@link IOException} for people: which setting, which file, why
   */
  public Future<Void> open(Consumer<ServerSSLOptions> onNewCertificate) {
    newCertificate = onNewCertificate;
    return vertx
        .executeBlocking(this::read, false)
        .onSuccess(
            first -> {
              material = first;
              lookLater();
            })
        .mapEmpty();
  }

  /**
   * Blocking, for <code>stoker validate</code>.
   *
   * @return why the admin server cannot start; "" = fine
   */
  public static String problem(ServerConfig config, Vertx vertx, Timers timers) {
    try {
      new ServerAccess(config, vertx, timers).read();
      return "";
    } catch (IOException unreadable) {
      return String.valueOf(unreadable.getMessage());
    }
  }

  private void lookLater() {
    if (!closed && !secrets().isEmpty()) {
      looking = timers.after(LOOK_MILLIS, this::look);
    }
  }

  private void look() {
    Material before = Objects.requireNonNull(material);
    vertx
        .executeBlocking(() -> stamps().equals(before.stamps()) ? before : read(), false)
        .onSuccess(now -> changed(before, now))
        .onFailure(this::failed)
        .onComplete(ignored -> lookLater());
  }

  private void changed(Material before, Material now) {
    if (!warned.isEmpty() && now == before) {
      log.info("the admin server's credentials and certificate can be read again");
    }
    warned = "";
    if (now != before && !closed) {
      material = now;
      log.info("the admin server's credentials or certificate have changed and were read again");
      if (now.ssl() != null && !now.ssl().equals(before.ssl())) {
        newCertificate.accept(now.ssl());
      }
    }
  }

  private void failed(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    if (!message.equals(warned)) {
      log.warn("{}; the last good content stays in use", message);
    }
    warned = message;
  }

  private Material read() throws IOException {
    List<String> stamps = stamps();
    ServerSSLOptions ssl = null;
    if (config.isHttps()) {
      ssl = new ServerSSLOptions();
      ssl.setKeyCertOptions(
          new PemKeyCertOptions()
              .setCertValue(Buffer.buffer(SecretFile.text(config.cert(), "tls.cert_file")))
              .setKeyValue(Buffer.buffer(SecretFile.text(config.key(), "tls.key_file"))));
    }
    return new Material(AuthorizationHeader.of(config.auth()), ssl, stamps);
  }

  private List<String> stamps() {
    return secrets().stream().map(SecretFile::stamp).toList();
  }

  private List<Secret> secrets() {
    Stream<Secret> login = Stream.empty();
    if (config.auth() instanceof Auth.Basic basic) {
      login = Stream.of(basic.password());
    } else if (config.auth() instanceof Auth.Authorization other) {
      login = Stream.of(other.credentials());
    }
    return Stream.concat(login, Stream.of(config.cert(), config.key()))
        .filter(secret -> !secret.file().isEmpty())
        .toList();
  }

  /** Null = plain http. After {@link #open}. */
  public @Nullable ServerSSLOptions ssl() {
    return material == null ? null : material.ssl();
  }

  /**
   * Takes the same time whatever is wrong.
   *
   * @param path of the request, decoded and without dots
   * @param authorization the request's header, or null
   */
  public boolean isAllowed(String path, @Nullable String authorization) {
    Material now = material;
    if (now == null) {
      return false;
    }
    if (!config.hasLogin() || isOpen(path)) {
      return true;
    }
    return authorization != null
        && MessageDigest.isEqual(
            authorization.getBytes(StandardCharsets.UTF_8),
            now.authorization().getBytes(StandardCharsets.UTF_8));
  }

  private boolean isOpen(String path) {
    return config.openPaths().stream()
        .anyMatch(
            open -> path.equals(open) || path.startsWith(open.endsWith("/") ? open : open + "/"));
  }

  /** Of <code>WWW-Authenticate</code>. */
  public String challenge() {
    return config.auth() instanceof Auth.Basic ? "Basic realm=\"Stoker\"" : "Bearer";
  }

  public boolean hasLogin() {
    return config.hasLogin();
  }

  /** Holds while there is no login. */
  public Remote remote() {
    return config.remote();
  }

  public void close() {
    closed = true;
    looking.cancel();
  }
}
