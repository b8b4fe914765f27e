package dev.stoker.http.server;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.Auth;
import dev.stoker.http.client.AuthorizationHeader;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.secret.SecretFile;
import dev.stoker.http.secret.WatchedFiles;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ServerConfig} at work: decides who may talk to a server of ours, and keeps its
 * certificate. Its files are read again when they change, see {@link WatchedFiles}.
 */
public final class ServerAccess {
  /**
   * What the files of the config come to.
   *
   * @param authorization what the header has to be, or "" if there is no login
   * @param ssl null for plain http
   */
  private record Material(String authorization, @Nullable ServerSSLOptions ssl) {}

  private final ServerConfig config;
  private final WatchedFiles<Material> files;
  private Consumer<ServerSSLOptions> newCertificate = ssl -> {};
  private @Nullable ServerSSLOptions certificate;
  private boolean closed;

  public ServerAccess(ServerConfig config, Vertx vertx, Timers timers) {
    this(config, vertx, timers, "stoker.http");
  }

  /**
   * @param owner block of the config that messages name
   */
  public ServerAccess(ServerConfig config, Vertx vertx, Timers timers, String owner) {
    this.config = config;
    this.files = new WatchedFiles<>(vertx, timers, new Files());
    files.of(owner);
  }

  /**
   * Reads the files for the first time.
   *
   * @param onNewCertificate called later, when the files hold another certificate
   * @return fails with an {@link IOException} for people: which setting, which file, why
   */
  public Future<Void> open(Consumer<ServerSSLOptions> onNewCertificate) {
    return files
        .open()
        .compose(
            ignored -> {
              if (!files.problem().isEmpty()) {
                close();
                return Future.failedFuture(new IOException(files.problem()));
              }
              newCertificate = onNewCertificate;
              return Future.succeededFuture();
            });
  }

  /**
   * Tries the files of a config, for <code>stoker validate</code>. This call blocks.
   *
   * @return why the admin server cannot start, or "" if it can
   */
  public static String problem(ServerConfig config, Vertx vertx, Timers timers) {
    try {
      new ServerAccess(config, vertx, timers).new Files().read();
      return "";
    } catch (IOException unreadable) {
      return String.valueOf(unreadable.getMessage());
    }
  }

  /** What the files of the config come to. */
  private final class Files implements WatchedFiles.Source<Material> {
    @Override
    public List<Secret> files() {
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

    @Override
    public Material read() throws IOException {
      ServerSSLOptions ssl = null;
      if (config.isHttps()) {
        ssl = new ServerSSLOptions();
        ssl.setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertValue(Buffer.buffer(SecretFile.text(config.cert(), "tls.cert_file")))
                .setKeyValue(Buffer.buffer(SecretFile.text(config.key(), "tls.key_file"))));
      }
      return new Material(AuthorizationHeader.of(config.auth()), ssl);
    }

    @Override
    public String looked(Material now) {
      if (!closed && now.ssl() != null && !now.ssl().equals(certificate)) {
        newCertificate.accept(now.ssl());
      }
      // Only now: what could not be taken over is tried again at the next look.
      certificate = now.ssl();
      return "";
    }
  }

  /** The certificate, or null for plain http. It is there once {@link #open} has succeeded. */
  public @Nullable ServerSSLOptions ssl() {
    return certificate;
  }

  /**
   * Decides whether a request has the login that its path needs. It takes the same time whatever is
   * wrong with the login.
   *
   * @param path of the request, decoded and without dots
   * @param authorization the request's header, or null
   */
  public boolean isAllowed(String path, @Nullable String authorization) {
    Material now = files.content();
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

  /** The value of <code>WWW-Authenticate</code> in an answer of 401. */
  public String challenge() {
    return config.auth() instanceof Auth.Basic ? "Basic realm=\"Stoker\"" : "Bearer";
  }

  public boolean hasLogin() {
    return config.hasLogin();
  }

  /** What clients of other machines may do while there is no login. */
  public Remote remote() {
    return config.remote();
  }

  /** Stops looking at the files. */
  public void close() {
    closed = true;
    files.close();
  }
}
