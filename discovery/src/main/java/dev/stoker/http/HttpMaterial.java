package dev.stoker.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a config comes to once its files are read.
 *
 * @param authorization value of the header; "" = none
 * @param ssl null = the client's own defaults
 * @param stamps of the files, in a fixed order: others mean that a file has changed
 */
record HttpMaterial(String authorization, @Nullable ClientSSLOptions ssl, List<String> stamps) {
  /** Far more than a bundle of certificates; a wrong path may name anything. */
  private static final int MAX_FILE = 4 << 20;

  /**
   * Blocking.
   *
   * @throws IOException names the setting, the file and the reason
   */
  static HttpMaterial read(HttpClientConfig config) throws IOException {
    List<String> stamps = stamps(config);
    return new HttpMaterial(authorization(config.auth()), ssl(config.tls()), stamps);
  }

  private static String authorization(Auth auth) throws IOException {
    if (auth instanceof Auth.Basic basic) {
      String pair = basic.username() + ":" + text(basic.password(), "basic_auth.password_file");
      return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }
    if (auth instanceof Auth.Authorization other) {
      String credentials = text(other.credentials(), "the credentials' file");
      if (!credentials.chars().allMatch(c -> c > ' ' && c < 127 || c == ' ')) {
        throw new IOException("the credentials hold a line break or a character outside of ASCII");
      }
      return other.type() + " " + credentials;
    }
    return "";
  }

  private static @Nullable ClientSSLOptions ssl(Tls tls) throws IOException {
    if (tls.equals(Tls.DEFAULT)) {
      return null;
    }
    ClientSSLOptions options = new ClientSSLOptions();
    options.setHostnameVerificationAlgorithm(tls.insecure() ? "" : "HTTPS");
    options.setTrustAll(tls.insecure());
    if (tls.ca().isSet()) {
      options.setTrustOptions(
          new PemTrustOptions().addCertValue(buffer(tls.ca(), "tls_config.ca_file")));
    }
    if (tls.cert().isSet()) {
      options.setKeyCertOptions(
          new PemKeyCertOptions()
              .setCertValue(buffer(tls.cert(), "tls_config.cert_file"))
              .setKeyValue(buffer(tls.key(), "tls_config.key_file")));
    }
    return options;
  }

  private static Buffer buffer(Secret secret, String setting) throws IOException {
    String pem = text(secret, setting);
    if (!pem.contains("-----BEGIN ")) {
      throw new IOException(setting + " " + secret + " holds no PEM block");
    }
    return Buffer.buffer(pem);
  }

  private static String text(Secret secret, String setting) throws IOException {
    if (secret.file().isEmpty()) {
      return secret.text();
    }
    Path file = Path.of(secret.file());
    try {
      if (Files.size(file) > MAX_FILE) {
        throw new IOException("it is larger than " + (MAX_FILE >> 20) + " MiB");
      }
      return Files.readString(file).strip();
    } catch (IOException | RuntimeException unreadable) {
      throw new IOException(
          setting + " " + file + " cannot be read (" + unreadable + "); check path and permissions",
          unreadable);
    }
  }

  /** Blocking, cheap. */
  static List<String> stamps(HttpClientConfig config) {
    List<String> stamps = new ArrayList<>();
    for (Secret secret : files(config)) {
      stamps.add(stamp(Path.of(secret.file())));
    }
    return stamps;
  }

  /** The real path is part of it: a mounted Secret is swapped by its symlink. */
  private static String stamp(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return file.toRealPath() + " " + attributes.lastModifiedTime() + " " + attributes.size();
    } catch (IOException | RuntimeException gone) {
      return "gone";
    }
  }

  static List<Secret> files(HttpClientConfig config) {
    List<Secret> secrets = new ArrayList<>();
    if (config.auth() instanceof Auth.Basic basic) {
      secrets.add(basic.password());
    } else if (config.auth() instanceof Auth.Authorization other) {
      secrets.add(other.credentials());
    }
    secrets.addAll(List.of(config.tls().ca(), config.tls().cert(), config.tls().key()));
    return secrets.stream().filter(secret -> !secret.file().isEmpty()).toList();
  }

  /** Holds secrets. */
  @Override
  public String toString() {
    return "HttpMaterial[***]";
  }
}
