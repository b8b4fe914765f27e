package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.stoker.app.Main;
import dev.stoker.app.log.Logs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No secret comes out of a daemon: not in its log at debug level, not from its admin server, not
 * from commands, not in the problems of a bad config; while every server refuses and sends back all
 * that it was sent.
 */
class SecretsTest {
  /** In every secret below. */
  private static final String CANARY = "cnry";

  /** What "me:cnry…" starts with in base64. */
  private static final String ENCODED =
      Base64.getEncoder()
          .encodeToString(("me:" + CANARY).getBytes(StandardCharsets.UTF_8))
          .substring(0, 8);

  private static final List<String> ROUTES =
      List.of(
          "/metrics",
          "/-/ready",
          "/api/v1/config",
          "/api/v1/targets",
          "/api/v1/targets?state=dropped",
          "/api/v1/components",
          "/api/v1/endpoints",
          "/api/v1/receivers",
          "/api/v1/targets/search?q=",
          "/api/v1/discovery",
          "/api/v1/relabel/rules");

  private final MockWebServer echo = new MockWebServer();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  @TempDir Path folder;

  @BeforeEach
  void capture() throws Exception {
    echo.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            StringBuilder sent = new StringBuilder();
            // OkHttp's toString would hide what we look for.
            request.getHeaders().forEach(header -> sent.append(header.getSecond()).append(' '));
            sent.append(request.getUrl());
            String body = request.getBody() == null ? "" : request.getBody().utf8();
            boolean push = request.getTarget().contains("Push");
            boolean form = body.startsWith("client_id") || body.contains("grant_type");
            return new MockResponse.Builder()
                .addHeader("Content-Type", "application/json")
                .code(form || request.getTarget().contains("pprof") || push ? 401 : 200)
                .body(
                    form
                        ? "{\"error\":\"no\",\"error_description\":\"" + body + "\"}"
                        : sent.toString())
                .build();
          }
        });
    echo.start();
    PrintStream both = new PrintStream(written, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    Logs.configure(Level.DEBUG, false);
  }

  @AfterEach
  void release() {
    System.setOut(out);
    System.setErr(err);
    Logs.configure(Level.INFO, false);
    echo.close();
  }

  private String written() {
    return written.toString(StandardCharsets.UTF_8);
  }

  private static void assertClean(String where, String text) {
    assertThat(text.lines().filter(SecretsTest::tells).limit(5)).as(where).isEmpty();
  }

  private static String unzipped(Daemon daemon) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(daemon.uri("/-/support")).build();
    byte[] zip = daemon.client().send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
    StringBuilder text = new StringBuilder();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        text.append(entry.getName()).append('\n');
        text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    assertThat(text).as("a config and a log").contains("pyroscope.scrape", "target is down");
    return text.toString();
  }

  private static boolean tells(String line) {
    return line.contains(CANARY) || line.contains(ENCODED);
  }

  /** Each way to hand a secret to an HTTP client, by a name. */
  private Map<String, String> clients() throws Exception {
    String file = secret("file", "cnryfile");
    String url = "http://127.0.0.1:" + echo.getPort();
    Map<String, String> clients = new TreeMap<>();
    clients.put("basic", "basic_auth { username = me, password = cnrybasic }");
    clients.put("basic_file", "basic_auth { username = me, password_file = \"" + file + "\" }");
    clients.put("authorization", "authorization { type = Token, credentials = cnryauth }");
    clients.put("bearer", "bearer_token = cnrybearer");
    clients.put("bearer_file", "bearer_token_file = \"" + file + "\"");
    clients.put(
        "broken_file", "bearer_token_file = \"" + secret("broken", "cnryone\ncnrytwo") + "\"");
    clients.put(
        "oauth2",
        "oauth2 { client_id = me, client_secret = cnryoauth, token_url = \""
            + url
            + "/token\", endpoint_params { audience = cnryparam } }");
    clients.put(
        "oauth2_file",
        "oauth2 { client_id = me, client_secret_file = \""
            + file
            + "\", token_url = \""
            + url
            + "/token?key=cnryquery\" }");
    clients.put(
        "hdrs",
        "http_headers { X-One = cnryone, X-Two = [ cnrytwo ], X-Three { secrets = [ cnrythree ],"
            + " files = [ \""
            + file
            + "\" ] } }");
    clients.put("proxy", "proxy_url = \"http://me:cnryproxy@localhost:" + echo.getPort() + "\"");
    clients.put("socks", "proxy_url = \"socks5://me:cnrysocks@localhost:" + echo.getPort() + "\"");
    clients.put(
        "connect",
        "proxy_url = \"http://localhost:"
            + echo.getPort()
            + "\", proxy_connect_header { Proxy-Authorization = \"Token cnryconnect\" }");
    String pem = "-----BEGIN PRIVATE KEY-----\\ncnrykey\\n-----END PRIVATE KEY-----";
    clients.put(
        "pem",
        "tls_config { cert_pem = \""
            + pem.replace("PRIVATE KEY", "CERTIFICATE").replace("cnrykey", "open")
            + "\", key_pem = \""
            + pem
            + "\", ca_pem = \"open\" }");
    clients.put(
        "pem_file", "tls_config { cert_file = \"" + file + "\", key_file = \"" + file + "\" }");
    return clients;
  }

  private String secret(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  /** Scrapes, endpoints and discovery, with each way to hand over a secret. */
  private String config(int port, HeapTarget target) throws Exception {
    String address = "127.0.0.1:" + echo.getPort();
    String types =
        "profiling_config { profile.process_cpu { enabled = false }, profile.goroutine { enabled ="
            + " false }, profile.mutex { enabled = false }, profile.block { enabled = false } }";
    StringBuilder text = new StringBuilder();
    text.append(
        "stoker { http { listen = \"127.0.0.1:%d\", open_paths = [ \"/\" ], basic_auth { username = me, password = cnryadmin } }, storage.path = \"%s\", reload.watch = false }%n"
            .formatted(port, folder.resolve("data")));
    StringBuilder endpoints = new StringBuilder();
    // A label that sounds like a secret would hide its whole block.
    int name = 0;
    for (String settings : clients().values()) {
      name++;
      text.append(
          "pyroscope.scrape.s%d { targets = [ { \"__address__\" = \"%s\" } ], scrape_interval = 1s, %s%n%s%n forward_to = [ pyroscope.write.w.receiver ] }%n"
              .formatted(name, address, types, settings));
      text.append(
          "discovery.http.h%d { url = \"http://%s/targets?token=cnryurl\", refresh_interval = 1s%n%s%n }%n"
              .formatted(name, address, settings));
      text.append(
          "discovery.docker.d%d { host = \"http://%s\", refresh_interval = 1s%n%s%n }%n"
              .formatted(name, address, settings));
      text.append(
          "discovery.kubelet.k%d { url = \"http://%s\", refresh_interval = 1s%n%s%n }%n"
              .formatted(name, address, settings));
      endpoints.append(
          "endpoint { name = e%d, url = \"http://%s\", headers { X-Key = cnryheader }%n%s%n }%n"
              .formatted(name, address, settings));
    }
    for (String client : List.of("basic", "bearer", "bearer_file", "pem")) {
      text.append(
          "discovery.kubernetes.a%d { role = pod, api_server = \"https://%s\"%n%s%n }%n"
              .formatted(++name, address, clients().get(client)));
    }
    text.append(
        "pyroscope.scrape.good { targets = [ { \"__address__\" = \"%s\" } ], scrape_interval = 1s, %s%n forward_to = [ %s ] }%n"
            .formatted(target.address(), types, "pyroscope.write.w.receiver"));
    text.append("pyroscope.write.w { endpoints = [").append(blocks(endpoints.toString()));
    text.append("{ url = \"http://me:cnryuser@").append(address).append("\" } ] }\n");
    return text.toString();
  }

  private static String blocks(String endpoints) {
    return endpoints.replace("endpoint {", "{").replace(" }\n{", " },\n{") + ",";
  }

  @Test
  void noSecret_comesOutOfADaemonWhoseServersAllRefuse() throws Exception {
    int port = Daemon.freePort();
    Path file = folder.resolve("stoker.conf");
    try (HeapTarget target = new HeapTarget()) {
      Files.writeString(file, config(port, target));
      List<String> answers = new ArrayList<>();
      try (Daemon daemon = new Daemon(file, port)) {
        Daemon.await(
            "every endpoint has refused",
            () ->
                daemon.get("/api/v1/endpoints").body().split("last_error|last_answer").length
                    > clients().size());
        Daemon.await(
            "every scrape has failed",
            () ->
                daemon.active().stream()
                        .filter(loop -> loop.toString().contains("\"last_error\":\""))
                        .count()
                    >= clients().size());
        Files.writeString(file, config(port, target).replace("cnrybearer", "cnryother"));
        answers.add(daemon.reload().body());
        Files.writeString(file, config(port, target).replace("bearer_token =", "bearer_tokn ="));
        answers.add(daemon.reload().body());
        for (String route : ROUTES) {
          String body = daemon.get(route).body();
          assertClean(route, body);
        }
        assertClean("/-/support", unzipped(daemon));
      }
      answers.forEach(answer -> assertClean("reload", answer));
      Files.writeString(file, config(port, target));
      Main.execute("validate", file.toString());
      Main.execute("targets", "--wait", "2s", file.toString());
      Main.execute("targets", "--json", "--wait", "2s", file.toString());
      assertThat(written()).as("the log is captured").contains("discovery.http.h1");
      assertClean("log and commands", written());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "basic_auth { username = me, password = [ cnryx ] }",
        "basic_auth { username = me, password { cnryx = cnryx } }",
        "basic_auth = cnryx",
        "basic_auth { username = me, password = cnryx, password_file = x }",
        "basic_auth { username = me, password = cnryx } \n bearer_token = cnryx",
        "authorization { type = \"b b\", credentials = cnryx }",
        "authorization = cnryx",
        "oauth2 = [ cnryx ]",
        "oauth2 { client_id = me, client_secret = [ cnryx ], token_url = \"ftp://a:cnryx@b\" }",
        "oauth2 { client_id = me, client_secret = cnryx, token_url = \"http://a:cnryx@b\" }",
        "oauth2 { client_id = me, client_secret = cnryx, endpoint_params = cnryx }",
        "http_headers = cnryx",
        "http_headers { X-A = \"cnryx\\ncnryx\" }",
        "http_headers { X-A { secret = cnryx } }",
        "http_headers { Authorization = cnryx }",
        "proxy_url = \"ftp://me:cnryx@host\"",
        "proxy_url = \"http://me:cnryx@host/path\"",
        "proxy_url = \"http://me:cnryx@host:99999999\"",
        "proxy_url = [ \"http://me:cnryx@host\" ]",
        "proxy_url = \"http://h\", proxy_connect_header { X-A = cnryx }",
        "proxy_url = \"http://h\", proxy_connect_header = cnryx",
        "tls_config { key_pem = cnryx }",
        "tls_config { key_pem = [ cnryx ], cert_pem = cnryx }",
        "tls_config = cnryx",
        "bearer_token = \"cnryx",
        "bearer_token = cnryx : cnryx",
        "bearer_token = ${cnryx.cnryx",
        "bearer_token = [ cnryx",
        "bearer_token = cnryx } }",
        "bearer_tokn = cnryx",
      })
  void noSecret_isInTheProblemsOfABadConfig(String client) throws Exception {
    for (String block :
        List.of(
            "discovery.http.h { url = \"http://h\"\n%s\n }",
            "pyroscope.write.w { endpoint { url = \"http://h\"\n%s\n } }",
            "pyroscope.scrape.s { targets = [], forward_to = [ pyroscope.write.w.receiver ]\n"
                + "%s\n"
                + " }",
            "discovery.kubernetes.k { role = pod, api_server = \"http://h\"\n%s\n }")) {
      Path file = Files.writeString(folder.resolve("bad.conf"), block.formatted(client));

      int exit = Main.execute("validate", file.toString());

      assertThat(exit).isEqualTo(1);
    }
    assertClean(client, written());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "url = \"ftp://me:cnryx@host\"",
        "url = \"http://me:cnryx@ho st\"",
        "url = [ \"http://me:cnryx@host\" ]",
        "url = \"http://me:cnryx@host\", headers { X-A = \"cnryx\\ncnryx\" }",
        "url = \"http://me:cnryx@host\", headers = cnryx",
      })
  void noSecret_isInTheProblemsOfABadEndpoint(String endpoint) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("bad.conf"), "pyroscope.write.w { endpoint { " + endpoint + " } }");

    assertThat(Main.execute("validate", file.toString())).isEqualTo(1);
    assertThat(written()).contains("bad.conf");
    assertClean(endpoint, written());
  }
}
