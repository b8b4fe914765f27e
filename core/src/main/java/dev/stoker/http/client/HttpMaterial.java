package dev.stoker.http.client;

import dev.stoker.http.secret.Redaction;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.secret.SecretFile;
import dev.stoker.http.tls.Tls;
import dev.stoker.http.tls.TlsMaterial;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a config comes to once its files are read.
 *
 * @param authorization value of the header; "" if there is no login, or if it is an OAuth2 token
 * @param headers further headers of each request, by name
 * @param clientSecret of OAuth2, or ""
 * @param tls null for the defaults of the JVM
 */
record HttpMaterial(
    String authorization,
    Map<String, List<String>> headers,
    String clientSecret,
    @Nullable TlsMaterial tls) {
  /**
   * Reads all files. This call blocks.
   *
   * @throws IOException names the setting, the file and the reason
   */
  static HttpMaterial read(HttpClientConfig config, Vertx vertx) throws IOException {
    return new HttpMaterial(
        AuthorizationHeader.of(config.auth()),
        headers(config),
        config.auth() instanceof Auth.OAuth2 oauth2
            ? SecretFile.text(oauth2.clientSecret(), "oauth2.client_secret_file")
            : "",
        config.tls().equals(Tls.DEFAULT) ? null : TlsMaterial.read(config.tls(), vertx));
  }

  private static Map<String, List<String>> headers(HttpClientConfig config) throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (Map.Entry<String, List<Secret>> header : config.headers().entrySet()) {
      String setting = "http_headers." + header.getKey();
      List<String> values = new ArrayList<>();
      for (Secret value : header.getValue()) {
        String where = setting + (value.file().isEmpty() ? "" : " file " + value.file());
        values.add(AuthorizationHeader.valid(SecretFile.text(value, setting), where + " holds"));
      }
      headers.put(header.getKey(), values);
    }
    return headers;
  }

  /** The secrets of a config that are kept in files. */
  static List<Secret> files(HttpClientConfig config) {
    return config.secrets().stream().filter(secret -> !secret.file().isEmpty()).toList();
  }

  /** The texts that a server is sent and that nobody else may see. */
  Stream<String> sent() {
    return Stream.of(
            Redaction.credentials(authorization),
            headers.values().stream().flatMap(List::stream),
            Stream.of(clientSecret))
        .flatMap(secrets -> secrets);
  }

  /** Shows nothing, because the record holds secrets. */
  @Override
  public String toString() {
    return "HttpMaterial[***]";
  }
}
