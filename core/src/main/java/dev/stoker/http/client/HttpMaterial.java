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
 * @param authorization value of the header; "" = none, or a token's
 * @param clientSecret of oauth2; "" = none
 * @param tls null = the JVM's defaults
 * @param stamps of the files, in a fixed order: others mean that a file has changed
 */
record HttpMaterial(
    String authorization,
    Map<String, List<String>> headers,
    String clientSecret,
    @Nullable TlsMaterial tls,
    List<String> stamps) {
  /**
   * Blocking.
   *
   * @throws IOException names the setting, the file and the reason
   */
  static HttpMaterial read(HttpClientConfig config, Vertx vertx) throws IOException {
    List<String> stamps = stamps(config);
    return new HttpMaterial(
        AuthorizationHeader.of(config.auth()),
        headers(config),
        config.auth() instanceof Auth.OAuth2 oauth2
            ? SecretFile.text(oauth2.clientSecret(), "oauth2.client_secret_file")
            : "",
        config.tls().equals(Tls.DEFAULT) ? null : TlsMaterial.read(config.tls(), vertx),
        stamps);
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

  /** Blocking, cheap. */
  static List<String> stamps(HttpClientConfig config) {
    return files(config).stream().map(SecretFile::stamp).toList();
  }

  /** Names of the files whose stamps are others than before. */
  static List<String> changed(HttpClientConfig config, List<String> before, List<String> now) {
    List<Secret> files = files(config);
    List<String> changed = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      if (!before.get(i).equals(now.get(i))) {
        changed.add(files.get(i).file());
      }
    }
    return changed;
  }

  static List<Secret> files(HttpClientConfig config) {
    return config.secrets().stream().filter(secret -> !secret.file().isEmpty()).toList();
  }

  /** All that a server is sent and nobody else may see. */
  Stream<String> sent() {
    return Stream.of(
            Redaction.credentials(authorization),
            headers.values().stream().flatMap(List::stream),
            Stream.of(clientSecret))
        .flatMap(secrets -> secrets);
  }

  /** Holds secrets. */
  @Override
  public String toString() {
    return "HttpMaterial[***]";
  }
}
