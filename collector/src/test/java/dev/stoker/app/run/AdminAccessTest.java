package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.app.Main;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Who may use the admin server: a daemon on real sockets. */
class AdminAccessTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "/-/healthy, 200, 200",
    "/metrics, 200, 200",
    "/-/ready, 200, 200",
    "/metricsx, 401, 404",
    "/-/../metrics/../api/v1/config, 401, 200",
    "/%2e%2e/api/v1/config, 401, 200",
    "/api/v1/targets, 401, 200",
    "/api/v1/config, 401, 200",
    "/, 401, 200",
    "/debug/pprof/allocs, 401, 200",
    "/nothing, 401, 404",
  })
  void aLogin_closesAllButWhatIsOpen(String path, int without, int with) throws Exception {
    int port = Daemon.freePort();
    try (Daemon daemon = daemon(port, "basic_auth { username = me, password = \"s3:cret\" }")) {
      Daemon.await("ready", () -> daemon.get("/-/ready").status() == 200);

      assertThat(raw(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n"))
          .startsWith("HTTP/1.1 " + without);
      assertThat(
              raw(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + basic("me:s3:cret")))
          .startsWith("HTTP/1.1 " + with);
      assertThat(raw(port, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + basic("me:wrong")))
          .startsWith("HTTP/1.1 " + without);
    }
  }

  @Test
  void openPaths_areTheConfigs() throws Exception {
    int port = Daemon.freePort();
    try (Daemon daemon =
        daemon(port, "bearer_token = t, open_paths = [ \"/-/healthy\", \"/api/\" ]")) {
      assertThat(daemon.get("/-/healthy").status()).isEqualTo(200);
      assertThat(daemon.get("/api/v1/targets").status()).isEqualTo(200);
      assertThat(daemon.get("/metrics").status()).isEqualTo(401);
      assertThat(daemon.get("/-/ready").status()).isEqualTo(401);
    }
  }

  @Test
  void aTokenFile_isReadAgain() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "first\n");
    int port = Daemon.freePort();
    try (Daemon daemon = daemon(port, "bearer_token_file = \"" + token + "\"")) {
      assertThat(withToken(daemon, "first")).isEqualTo(200);
      assertThat(withToken(daemon, "second")).isEqualTo(401);

      Files.writeString(token, "second, and longer\n");

      Daemon.await("rotated", () -> withToken(daemon, "second, and longer") == 200);
      assertThat(withToken(daemon, "first")).isEqualTo(401);
      Files.delete(token);
      assertThat(withToken(daemon, "second, and longer")).isEqualTo(200);
    }
  }

  @Test
  void aMissingFile_isToldAtTheStart() {
    assertThatThrownBy(() -> daemon(Daemon.freePort(), "bearer_token_file = \"/nowhere/token\""))
        .hasStackTraceContaining("/nowhere/token")
        .hasStackTraceContaining("check path and permissions");
  }

  @Test
  void tls_withARotatedCertificate_andHealthAsksIt() throws Exception {
    HeldCertificate first = certificate();
    Path cert = Files.writeString(folder.resolve("cert.pem"), first.certificatePem());
    Path key = Files.writeString(folder.resolve("key.pem"), first.privateKeyPkcs8Pem());
    int port = Daemon.freePort();
    try (Daemon daemon =
        daemon(port, "tls { cert_file = \"" + cert + "\", key_file = \"" + key + "\" }")) {
      assertThat(overTls(port, first.certificate())).isEqualTo(200);

      HeldCertificate second = certificate();
      Files.writeString(key, second.privateKeyPkcs8Pem());
      Files.writeString(cert, second.certificatePem());

      Daemon.await(
          "rotated",
          () -> {
            try {
              return overTls(port, second.certificate()) == 200;
            } catch (IOException stillTheFirst) {
              return false;
            }
          });
      CommandLine stoker = new CommandLine(new Main());
      assertThat(stoker.execute("health", "--insecure", "https://127.0.0.1:" + port)).isZero();
      assertThat(stoker.execute("health", "https://127.0.0.1:" + port)).isEqualTo(1);
      assertThat(daemon.uri("/")).isNotNull();
    }
  }

  @Test
  void overTls_thereIsNoHttp2_whoseStreamsOneConnectionCouldHold() throws Exception {
    HeldCertificate pair = certificate();
    Path cert = Files.writeString(folder.resolve("cert.pem"), pair.certificatePem());
    Path key = Files.writeString(folder.resolve("key.pem"), pair.privateKeyPkcs8Pem());
    int port = Daemon.freePort();
    try (Daemon daemon =
        daemon(port, "tls { cert_file = \"" + cert + "\", key_file = \"" + key + "\" }")) {
      assertThat(daemon.uri("/")).isNotNull();
      HandshakeCertificates trust =
          new HandshakeCertificates.Builder().addTrustedCertificate(pair.certificate()).build();
      try (SSLSocket socket =
          (SSLSocket) trust.sslContext().getSocketFactory().createSocket("127.0.0.1", port)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();

        assertThat(socket.getApplicationProtocol()).isNotEqualTo("h2");
      }
    }
  }

  @Test
  void idleConnections_makeRoomForProbes() throws Exception {
    int port = Daemon.freePort();
    List<Socket> idle = new ArrayList<>();
    try (Daemon daemon = daemon(port, "")) {
      Daemon.await("ready", () -> daemon.get("/-/ready").status() == 200);
      for (int i = 0; i < 1_050; i++) {
        Socket socket = new Socket("127.0.0.1", port);
        idle.add(socket);
        socket
            .getOutputStream()
            .write(
                "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        socket.setSoTimeout(20_000);
        assertThat(socket.getInputStream().read()).isEqualTo('H');
      }
      assertThat(raw(port, "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n"))
          .startsWith("HTTP/1.1 200");
      assertThat(daemon.metric("stoker_http_refused_total{reason=\"room\"}"))
          .isGreaterThanOrEqualTo(50);
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:12345, , ",
    "0.0.0.0:12345, remote = read, ",
    "0.0.0.0:12345, remote = probes, ",
    "0.0.0.0:12345, remote = all, everybody who reaches 0.0.0.0:12345",
    "'[::]:12345', remote = all, everybody who reaches",
    "127.0.0.1:12345, remote = all, ",
    "'[::1]:12345', remote = all, ",
  })
  void beyondLoopbackOpenToAll_isWarnedOf(String listen, String remote, String warning)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("warned.conf"),
            "stoker.http { listen = \""
                + listen
                + "\"\n"
                + (remote == null ? "" : remote)
                + "}\nstoker.store.x {}\npyroscope.scrape.s {"
                + " targets = [], forward_to = [ stoker.store.x.receiver ] }");
    LoadResult.Loaded loaded = (LoadResult.Loaded) ConfigLoader.load(file);

    if (warning == null) {
      assertThat(loaded.warnings()).isEmpty();
    } else {
      assertThat(loaded.warnings())
          .singleElement()
          .satisfies(
              problem ->
                  assertThat(problem.toString()).contains("stoker.http.remote", warning, ":2"));
    }
  }

  @Test
  void pagesOfOtherSites_canChangeNothing() throws Exception {
    int port = Daemon.freePort();
    try (Daemon daemon = daemon(port, "")) {
      Daemon.await("ready", () -> daemon.get("/-/ready").status() == 200);
      String post =
          "POST /-/reload HTTP/1.1\r\nHost: localhost:" + port + "\r\nContent-Length: 0\r\n";

      assertThat(raw(port, post)).as("curl").startsWith("HTTP/1.1 200");
      assertThat(raw(port, post + "Sec-Fetch-Site: same-origin\r\n")).startsWith("HTTP/1.1 200");
      assertThat(raw(port, post + "Origin: http://localhost:" + port + "\r\n"))
          .startsWith("HTTP/1.1 200");
      assertThat(raw(port, post + "Sec-Fetch-Site: cross-site\r\n")).startsWith("HTTP/1.1 403");
      assertThat(raw(port, post + "Sec-Fetch-Site: same-site\r\n")).startsWith("HTTP/1.1 403");
      assertThat(raw(port, post + "Origin: http://evil.example\r\n")).startsWith("HTTP/1.1 403");
      assertThat(raw(port, post + "Origin: null\r\n")).startsWith("HTTP/1.1 403");
      assertThat(raw(port, "GET /-/reload HTTP/1.1\r\nHost: localhost\r\n"))
          .as("a link")
          .startsWith("HTTP/1.1 405");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "localhost:1, 200",
    "127.0.0.1, 200",
    "127.1.2.3:9, 200",
    "[::1]:8, 200",
    "evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "localhost.evil.example:80, 403",
  })
  void onLoopback_aStrangersNameIsRefused(String host, int status) throws Exception {
    int port = Daemon.freePort();
    try (Daemon daemon = daemon(port, "")) {
      assertThat(daemon.get("/-/healthy").status()).isEqualTo(200);
      assertThat(raw(port, "GET /-/healthy HTTP/1.1\r\nHost: " + host + "\r\n"))
          .startsWith("HTTP/1.1 " + status);
    }
  }

  @Test
  void clientsThatTrickle_areClosed_andOthersAnswered() throws Exception {
    int port = Daemon.freePort();
    List<Socket> slow = new ArrayList<>();
    try (Daemon daemon = daemon(port, "")) {
      Daemon.await("ready", () -> daemon.get("/-/ready").status() == 200);
      for (int i = 0; i < 100; i++) {
        Socket socket = new Socket("127.0.0.1", port);
        socket
            .getOutputStream()
            .write("GET /-/healthy HTTP/1.1\r\nX-Slow: ".getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }
      assertThat(daemon.get("/-/healthy").status()).isEqualTo(200);
      for (Socket socket : slow) {
        socket.setSoTimeout(30_000);
        assertThat(socket.getInputStream().read()).as("closed by the server").isEqualTo(-1);
      }
      assertThat(daemon.get("/-/healthy").status()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tls { cert_file = a }",
        "basic_auth { username = u }",
        "basic_auth { username = u, password = p }, bearer_token = t",
        "open_paths = [ metrics ]",
        "oauth2 { client_id = x }",
        "remote = everything",
      })
  void badSettings_areErrors(String settings) throws IOException {
    LoadResult result = ConfigLoader.load(config(12345, settings));

    assertThat(result).isInstanceOf(LoadResult.Failed.class);
  }

  private static int withToken(Daemon daemon, String token) throws Exception {
    return daemon
        .send(
            HttpRequest.newBuilder(daemon.uri("/api/v1/targets"))
                .header("Authorization", "Bearer " + token)
                .build())
        .status();
  }

  private static HeldCertificate certificate() {
    return new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();
  }

  private static int overTls(int port, X509Certificate trusted) throws Exception {
    HandshakeCertificates trust =
        new HandshakeCertificates.Builder().addTrustedCertificate(trusted).build();
    HttpClient client = HttpClient.newBuilder().sslContext(trust.sslContext()).build();
    return client
        .send(
            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/-/healthy"))
                .timeout(Duration.ofSeconds(20))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static String basic(String pair) {
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))
        + "\r\n";
  }

  /** The head of the answer, as it came. */
  private static String raw(int port, String head) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readNBytes(200), StandardCharsets.ISO_8859_1);
    }
  }

  private Daemon daemon(int port, String settings) throws Exception {
    return new Daemon(config(port, settings), port);
  }

  private Path config(int port, String settings) throws IOException {
    return Files.writeString(
        folder.resolve("admin.conf"),
        """
        pyroscope.scrape.s { targets = [], forward_to = [ stoker.store.x.receiver ] }
        stoker.store.x {}
        stoker.storage.path = "%s"
        stoker.http { listen = "127.0.0.1:%d" %s }
        """
            .formatted(folder.resolve("data"), port, settings.isEmpty() ? "" : ", " + settings));
  }
}
