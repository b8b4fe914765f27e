package dev.stoker.http.server;

import dev.stoker.http.client.Auth;
import dev.stoker.http.secret.Secret;
import java.util.List;

/**
 * Who may talk to the admin server, and with which certificate it answers.
 *
 * @param auth {@link Auth.None}, {@link Auth.Basic} or {@link Auth.Authorization}
 * @param cert the server's certificate as PEM, set together with the key; if it is not set, the
 *     server speaks plain http
 * @param openPaths paths that need no login, each with all paths below it
 * @param remote what clients of other machines may do while there is no login
 */
public record ServerConfig(
    Auth auth, Secret cert, Secret key, List<String> openPaths, Remote remote) {
  /** The usual open paths: for probes, and for Prometheus. */
  public static final List<String> OPEN = List.of("/-/healthy", "/-/ready", "/metrics");

  public static final ServerConfig DEFAULT =
      new ServerConfig(new Auth.None(), Secret.NONE, Secret.NONE, OPEN, Remote.READ);

  public ServerConfig {
    openPaths = List.copyOf(openPaths);
  }

  public boolean hasLogin() {
    return !(auth instanceof Auth.None);
  }

  public boolean isHttps() {
    return cert.isSet();
  }
}
