package dev.stoker.http;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
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
  /** Far more than a bundle of certificates; a wrong path may name anything. */
  private static final int MAX_FILE = 4 << 20;

  /**
   * Blocking.
   *
   * @throws IOException names the setting, the file and the reason
   */
  static HttpMaterial read(HttpClientConfig config, Vertx vertx) throws IOException {
    List<String> stamps = stamps(config);
    return new HttpMaterial(
        authorization(config.auth()),
        headers(config),
        config.auth() instanceof Auth.OAuth2 oauth2
            ? text(oauth2.clientSecret(), "oauth2.client_secret_file")
            : "",
        config.tls().equals(Tls.DEFAULT) ? null : TlsMaterial.read(config.tls(), vertx),
        stamps);
  }

  static String authorization(Auth auth) throws IOException {
    if (auth instanceof Auth.Basic basic) {
      String pair = basic.username() + ":" + text(basic.password(), "basic_auth.password_file");
      return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
    if (auth instanceof Auth.Authorization other) {
      String credentials = text(other.credentials(), "the credentials' file");
      return other.type()
          + " "
          + headerValue(
              credentials,
              other.credentials().file().isEmpty()
                  ? "the credentials hold"
                  : "the credentials' file " + other.credentials().file() + " holds");
    }
    return "";
  }

  private static Map<String, List<String>> headers(HttpClientConfig config) throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (Map.Entry<String, List<Secret>> header : config.headers().entrySet()) {
      String setting = "http_headers." + header.getKey();
      List<String> values = new ArrayList<>();
      for (Secret value : header.getValue()) {
        String where = setting + (value.file().isEmpty() ? "" : " file " + value.file());
        values.add(headerValue(text(value, setting), where + " holds"));
      }
      headers.put(header.getKey(), values);
    }
    return headers;
  }

  private static String headerValue(String value, String subject) throws IOException {
    if (!isHeaderValue(value)) {
      throw new IOException(subject + " a line break or a character outside of ASCII");
    }
    return value;
  }

  static boolean isHeaderValue(String value) {
    return value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 127);
  }

  /** A file of nothing is one that is being written, or a mistake: never a secret. */
  private static final class EmptyFileException extends IOException {
    private static final long serialVersionUID = 1;

    EmptyFileException(String setting, String file) {
      super(setting + " " + file + " is empty; write the secret into it");
    }
  }

  /** Blocking where it is in a file. */
  static String text(Secret secret, String setting) throws IOException {
    if (secret.file().isEmpty()) {
      return secret.text();
    }
    try {
      String text = TextFile.read(Path.of(secret.file()), MAX_FILE).strip();
      if (text.isEmpty()) {
        throw new EmptyFileException(setting, secret.file());
      }
      return text;
    } catch (EmptyFileException empty) {
      throw empty;
    } catch (IOException | RuntimeException unreadable) {
      throw new IOException(
          setting
              + " "
              + secret.file()
              + " cannot be read ("
              + FailureWords.ofFile(unreadable)
              + "); check path and permissions",
          unreadable);
    }
  }

  /** Blocking, cheap. */
  static List<String> stamps(HttpClientConfig config) {
    return files(config).stream().map(HttpMaterial::stamp).toList();
  }

  /** The real path is part of it: a mounted Secret is swapped by its symlink. */
  static String stamp(Secret secret) {
    try {
      Path file = Path.of(secret.file());
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return file.toRealPath() + " " + attributes.lastModifiedTime() + " " + attributes.size();
    } catch (IOException | RuntimeException gone) {
      return "gone";
    }
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
