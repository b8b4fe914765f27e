package dev.stoker.discovery.kubernetes.api;

import dev.stoker.discovery.kubernetes.objects.HostPort;
import dev.stoker.files.TextFile;
import dev.stoker.http.client.Auth;
import dev.stoker.http.proxy.Proxies;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.TlsVersion;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Makes clients of an API server. Blocking: files are read. */
public final class ApiClients {
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  private static final int TIMEOUT_MILLIS = 10_000;
  private static final int MAX_BYTES = 1 << 20;

  private ApiClients() {}

  /**
   * @param control runs on the control context
   * @throws IllegalArgumentException says what is missing
   */
  public static ApiClient create(ApiAccess access, String userAgent, Executor control) {
    Config config = config(access);
    config.setUserAgent(userAgent);
    config.setConnectionTimeout(TIMEOUT_MILLIS);
    // Whoever asks knows what to do about a failure, and says it.
    config.setRequestRetryBackoffLimit(0);
    // The JDK's client goes on using an HTTP/2 connection that answers nothing any more; one of
    // HTTP/1.1 is closed with the request that timed out.
    config.setHttp2Disable(true);
    ApiThreads threads = new ApiThreads();
    try {
      return new ApiClient(threads.client(config), config.getMasterUrl(), threads, control);
    } catch (RuntimeException unusable) {
      threads.close();
      throw unusable;
    }
  }

  /** The file that the token for it is read from; "" = it is in none, or another knows where. */
  public static String tokenFile(ApiAccess access) {
    if (access.http().auth() instanceof Auth.Authorization token) {
      return token.credentials().file();
    }
    boolean inCluster = access.server().isEmpty() && access.kubeconfigFile().isEmpty();
    return inCluster ? SERVICE_ACCOUNT.resolve("token").toString() : "";
  }

  private static Config config(ApiAccess access) {
    if (!access.kubeconfigFile().isEmpty()) {
      File file = new File(access.kubeconfigFile());
      if (!file.canRead()) {
        throw new IllegalArgumentException(
            "kubeconfig_file " + file + " cannot be read; check the path and its permissions");
      }
      return Config.fromKubeconfig(file);
    }
    return access.server().isEmpty() ? inCluster() : explicit(access);
  }

  private static Config explicit(ApiAccess access) {
    ConfigBuilder config = new ConfigBuilder(Config.empty()).withMasterUrl(access.server());
    if (access.http().auth() instanceof Auth.Authorization token) {
      Secret credentials = token.credentials();
      if (credentials.file().isEmpty()) {
        config.withOauthToken(credentials.text());
      } else {
        config.withOauthTokenProvider(new TokenFile(Path.of(credentials.file())));
      }
    } else if (access.http().auth() instanceof Auth.Basic basic) {
      config.withUsername(basic.username()).withPassword(password(basic.password()));
    }
    proxy(config, access);
    access
        .http()
        .headers()
        .forEach((name, values) -> config.addToCustomHeaders(name, values.get(0).text()));
    Tls tls = access.http().tls();
    if (tls.ca().isSet()) {
      config.withCaCertFile(orNull(tls.ca().file())).withCaCertData(base64(tls.ca().text()));
    }
    if (tls.cert().isSet()) {
      config
          .withClientCertFile(orNull(tls.cert().file()))
          .withClientCertData(base64(tls.cert().text()));
      config
          .withClientKeyFile(orNull(tls.key().file()))
          .withClientKeyData(base64(tls.key().text()));
    }
    if (tls.only13()) {
      config.withTlsVersions(TlsVersion.TLS_1_3);
    }
    if (tls.insecure()) {
      config.withTrustCerts(true).withDisableHostnameVerification(true);
    }
    return config.build();
  }

  /** The one server is behind a proxy or not; of proxies this client knows plain HTTP ones. */
  private static void proxy(ConfigBuilder config, ApiAccess access) {
    Proxies.Server proxy = access.http().proxies().of(URI.create(access.server()));
    if (proxy != null) {
      config.withHttpProxy(proxy.toString()).withHttpsProxy(proxy.toString());
      if (!proxy.username().isEmpty()) {
        config.withProxyUsername(proxy.username()).withProxyPassword(proxy.password().text());
      }
    }
  }

  private static String password(Secret password) {
    if (password.file().isEmpty()) {
      return password.text();
    }
    try {
      String text = TextFile.read(Path.of(password.file()), MAX_BYTES).strip();
      if (text.isEmpty()) {
        throw new IllegalArgumentException(
            "basic_auth.password_file "
                + password.file()
                + " is empty; write the password into it");
      }
      return text;
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          "basic_auth.password_file "
              + password.file()
              + " cannot be read; check the path and its permissions",
          unreadable);
    }
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static @Nullable String base64(String text) {
    return text.isEmpty()
        ? null
        : Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Config inCluster() {
    String host = System.getenv("KUBERNETES_SERVICE_HOST");
    String port = System.getenv("KUBERNETES_SERVICE_PORT");
    if (host == null || port == null || !Files.isReadable(SERVICE_ACCOUNT.resolve("token"))) {
      throw new IllegalArgumentException(
          "not in a cluster: KUBERNETES_SERVICE_HOST or the ServiceAccount token is missing; set"
              + " api_server or kubeconfig_file, or mount the token");
    }
    return new ConfigBuilder(Config.empty())
        .withMasterUrl("https://" + HostPort.join(host, Long.parseLong(port)))
        .withCaCertFile(SERVICE_ACCOUNT.resolve("ca.crt").toString())
        .withOauthTokenProvider(new TokenFile(SERVICE_ACCOUNT.resolve("token")))
        .build();
  }

  /**
   * The namespace that this process runs in.
   *
   * @throws IllegalArgumentException not in a cluster
   */
  public static String ownNamespace() {
    Path file = SERVICE_ACCOUNT.resolve("namespace");
    try {
      return TextFile.read(file, MAX_BYTES).strip();
    } catch (IOException missing) {
      throw new IllegalArgumentException(
          "own_namespace needs " + file + ", which cannot be read; name the namespace", missing);
    }
  }
}
