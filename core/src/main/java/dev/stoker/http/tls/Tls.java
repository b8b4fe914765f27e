package dev.stoker.http.tls;

import dev.stoker.http.secret.Secret;

/**
 * TLS towards a server; names are Alloy's.
 *
 * @param ca PEM; not set = the JVM's trust store
 * @param cert PEM of the client; set together with the key
 * @param serverName "" = the host of the URL
 * @param insecure the server's certificate is not checked
 * @param only13 TLS 1.3 and nothing older; else 1.2 too
 */
public record Tls(
    Secret ca, Secret cert, Secret key, String serverName, boolean insecure, boolean only13) {
  public static final Tls DEFAULT = new Tls(Secret.NONE, Secret.NONE, Secret.NONE, "", false);

  /** With TLS 1.2 and 1.3. */
  public Tls(Secret ca, Secret cert, Secret key, String serverName, boolean insecure) {
    this(ca, cert, key, serverName, insecure, false);
  }
}
