package dev.stoker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In this JVM; what the profiles hold is tested where they are made. */
class AgentServerTest {
  @TempDir Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<AgentServer> servers = new ArrayList<>();

  @AfterEach
  void close() {
    servers.forEach(AgentServer::close);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "allocs",
        "mutex",
        "block",
        "goroutine",
        "profile?seconds=1",
        "block?x=1&seconds=1"
      })
  void pprof_isGzippedLikeAGoServices(String path) throws Exception {
    HttpResponse<byte[]> response = get(start(""), "/debug/pprof/" + path);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    assertThat(response.body()).startsWith(0x1f, 0x8b);
  }

  @Test
  void jfr_isTheRecordingOfTheWindow() throws Exception {
    HttpResponse<byte[]> response = get(start(""), "/jfr?seconds=1");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).startsWith('F', 'L', 'R', 0);
  }

  @ParameterizedTest
  @CsvSource({
    "/debug/pprof/heap, 404",
    "/debug/pprof/../../etc, 404",
    "/nothing, 404",
    "/debug/pprof/allocs?seconds=-1, 400",
    "/debug/pprof/allocs?seconds=301, 400",
    "/jfr?seconds=x, 400",
    "/, 200",
    "/debug/pprof/, 200",
  })
  void whatIsNotThere_isSaid_andNothingIsRecorded(String path, int status) throws Exception {
    HttpResponse<byte[]> response = get(start(""), path);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(new String(response.body(), StandardCharsets.UTF_8)).isNotBlank();
    assertThat(jdk.jfr.FlightRecorder.getFlightRecorder().getRecordings())
        .extracting(jdk.jfr.Recording::getName)
        .doesNotContain("stoker /debug/pprof");
  }

  @Test
  void otherMethods_are405() throws Exception {
    HttpResponse<byte[]> response =
        client.send(
            request(start(""), "/debug/pprof/allocs")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).hasValue("GET");
  }

  @Test
  void aToken_isAskedFor_andAFileMayRotate() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first");
    AgentServer server = start(",token_file=" + file);

    assertThat(get(server, "/").statusCode()).isEqualTo(401);
    assertThat(withToken(server, "wrong")).isEqualTo(401);
    assertThat(withToken(server, "first")).isEqualTo(200);
    Files.writeString(file, "second");
    assertThat(withToken(server, "first")).isEqualTo(401);
    assertThat(withToken(server, "second")).isEqualTo(200);
    Files.delete(file);
    assertThat(withToken(server, "second")).as("without the file nobody gets in").isEqualTo(500);
  }

  @Test
  void tooManyAtOnce_are503_andTheOthersGoOn() throws Exception {
    AgentServer server = start("");
    List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      answers.add(
          client.sendAsync(
              request(server, "/debug/pprof/block?seconds=2").build(),
              HttpResponse.BodyHandlers.ofByteArray()));
    }
    List<Integer> statuses = new ArrayList<>();
    for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
      statuses.add(answer.join().statusCode());
    }

    assertThat(statuses).containsOnly(200, 503);
    assertThat(statuses.stream().filter(status -> status == 200)).hasSizeBetween(8, 11);
  }

  @Test
  void idle_onlyTheListenerIsLeft() throws Exception {
    AgentServer server = start("");
    get(server, "/debug/pprof/goroutine");

    Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().equals("stoker-agent"))
                    .isEmpty());
    assertThat(get(server, "/").statusCode()).isEqualTo(200);
  }

  private int withToken(AgentServer server, String token) throws Exception {
    return client
        .send(
            request(server, "/").header("Authorization", "Bearer " + token).build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private AgentServer start(String options) throws Exception {
    AgentServer server = new AgentServer(AgentOptions.parse("port=0" + options));
    servers.add(server);
    server.start();
    return server;
  }

  private HttpResponse<byte[]> get(AgentServer server, String path) throws Exception {
    return client.send(request(server, path).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static HttpRequest.Builder request(AgentServer server, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }
}
