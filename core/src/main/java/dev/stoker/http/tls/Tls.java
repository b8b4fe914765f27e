package dev.stoker.http.tls;

import dev.stoker.http.secret.Secret;

/**
 * TLS towards a server. The arguments have the names that they have in Alloy.
 *
 * @param ca trusted certificates as PEM; if it is not set, the JVM's trust store is used
 * @param cert the client's certificate as PEM; it is set together with the key
 * @param serverName the name that the server's certificate must have; "" for the host of the URL
 * @param insecure true if the server's certificate is not checked
 * @param only13 true for TLS 1.3 alone, false for TLS 1.2 and 1.3
 */
public record Tls(
    Secret ca, Secret cert, Secret key, String serverName, boolean insecure, boolean only13) {
  public static final Tls DEFAULT = new Tls(Secret.NONE, Secret.NONE, Secret.NONE, "", false);

  /** Settings for TLS 1.2 and 1.3. */
  public Tls(Secret ca, Secret cert, Secret key, String serverName, boolean insecure) {
    this(ca, cert, key, serverName, insecure, false);
  }
}
