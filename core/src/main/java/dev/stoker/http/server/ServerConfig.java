package dev.stoker.http.server;

import dev.stoker.http.client.Auth;
import dev.stoker.http.secret.Secret;
import java.util.List;

/**
 * Who may talk to a server of ours, and over what.
 *
 * @param auth {@link Auth.None}, {@link Auth.Basic} or {@link Auth.Authorization}
 * @param cert PEM; set together with the key; not set = plain http
 * @param openPaths what needs no login: a path, and all below it
 * @param remote what clients of other machines may do when there is no login
 */
public record ServerConfig(
    Auth auth, Secret cert, Secret key, List<String> openPaths, Remote remote) {
  /** For those who only look whether Stoker lives, and for Prometheus. */
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
