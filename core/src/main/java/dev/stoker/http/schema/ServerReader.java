package dev.stoker.http.schema;

import dev.stoker.http.client.Auth;
import dev.stoker.http.secret.Secret;
import dev.stoker.schema.Args;

/**
 * Reads who may talk to a server of ours, and its certificate: the arguments that the admin server
 * and receivers share.
 */
public final class ServerReader {
  /**
   * A server's certificate and its key.
   *
   * @param cert not set = plain http
   */
  public record Certificate(Secret cert, Secret key) {}

  /** The block <code>tls</code>. */
  public static Certificate certificate(Args http) {
    Secret cert = Secret.NONE;
    Secret key = Secret.NONE;
    if (http.has("tls")) {
      Args tls = http.secretBlock("tls");
      cert = HttpClientReader.pem(tls, "cert");
      key = HttpClientReader.pem(tls, "key");
      if (!cert.isSet() || !key.isSet()) {
        http.problem("tls", "needs both cert_file and key_file");
      }
      tls.finish();
    }
    return new Certificate(cert, key);
  }

  /** The block <code>basic_auth</code>, or a token. */
  public static Auth login(Args http) {
    boolean bearer = http.has("bearer_token") || http.has("bearer_token_file");
    Auth token =
        bearer
            ? new Auth.Authorization("Bearer", HttpClientReader.secret(http, "bearer_token"))
            : new Auth.None();
    if (bearer && http.has("basic_auth")) {
      http.problem("basic_auth", "stands beside bearer_token; keep one of them");
    }
    if (http.has("basic_auth")) {
      Auth.Basic basic = HttpClientReader.basic(http.secretBlock("basic_auth"));
      if (!basic.password().isSet()) {
        http.problem("basic_auth", "has no password; write password_file = \"…\"");
      }
      return basic;
    }
    return token;
  }

  private ServerReader() {}
}
