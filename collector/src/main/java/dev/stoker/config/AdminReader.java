package dev.stoker.config;

import dev.stoker.http.Auth;
import dev.stoker.http.Secret;
import dev.stoker.http.ServerConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may use the admin server: the rest of <code>stoker.http</code> beside its address. */
final class AdminReader {
  static ServerConfig read(Args http) {
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
    return new ServerConfig(
        auth(http), cert, key, http.get("open_paths", ServerConfig.OPEN, AdminReader::paths));
  }

  private static Auth auth(Args http) {
    boolean bearer = http.has("bearer_token") || http.has("bearer_token_file");
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
    return bearer
        ? new Auth.Authorization("Bearer", HttpClientReader.secret(http, "bearer_token"))
        : new Auth.None();
  }

  private static @Nullable List<String> paths(Node node) {
    List<String> paths = RelabelReader.texts(node);
    if (paths != null && !paths.stream().allMatch(path -> path.startsWith("/"))) {
      node.error("holds what is no path; write paths such as \"/metrics\"");
      return null;
    }
    return paths;
  }

  private AdminReader() {}
}
