package dev.stoker.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.CpuPool;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StoreRoutesTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final String FLAME = "/api/v1/profiles/flamegraph?service=svc&type=" + CPU;

  @TempDir Path storage;
  private final Vertx vertx = Vertx.vertx();
  private final CpuPool cpu = new CpuPool(1);
  private final HttpClient client = HttpClient.newHttpClient();
  private int port;

  @BeforeEach
  void serve() throws Exception {
    ManualTime time = new ManualTime(NOW);
    LocalStore store =
        new LocalStore(
            new StoreConfig("stoker.store.t", Duration.ofHours(1), 1 << 20), storage, time);
    store.start().await(20, TimeUnit.SECONDS);
    store.append(TestProfiles.of("svc", "process_cpu", NOW - 60_000, TestProfiles.cpu(7)));
    store.append(TestProfiles.of("svc", "process_cpu", NOW - 600_000, TestProfiles.cpu(9)));
    Router router = Router.router(vertx);
    new StoreRoutes(new StoreQueries(() -> List.of(store), cpu), time).mount(router);
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS);
    port = server.actualPort();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
    cpu.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonObject json(String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new JsonObject(response.body());
  }

  @Test
  void servicesAndTypes_areListed() throws Exception {
    assertThat(json("/api/v1/profiles/services").getJsonArray("services")).containsExactly("svc");
    JsonObject type =
        json("/api/v1/profiles/types?service=svc").getJsonArray("types").getJsonObject(0);
    assertThat(type.getString("id")).isEqualTo(CPU);
    assertThat(json("/api/v1/profiles/types?service=none").getJsonArray("types")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "from=now-5m, 7",
    "from=now-15m, 16",
    "from=now-15m&until=now-5m, 9",
    "from=1699999999999&until=1700000000000, 0",
    "until=now, 16"
  })
  void flameGraph_coversTheRange(String range, long expected) throws Exception {
    JsonObject answer = json(FLAME + "&" + range);
    assertThat(answer.getJsonObject("flamegraph").getLong("value")).isEqualTo(expected);
  }

  @Test
  void flameGraph_nestsCallsAndListsFunctions() throws Exception {
    JsonObject answer = json(FLAME);
    JsonObject main = answer.getJsonObject("flamegraph").getJsonArray("children").getJsonObject(0);
    assertThat(main.getString("name")).isEqualTo("main");
    assertThat(main.getJsonArray("children").getJsonObject(0).getString("name")).isEqualTo("work");
    assertThat(answer.getJsonArray("top").getJsonObject(0))
        .isEqualTo(new JsonObject().put("name", "work").put("self", 16).put("total", 16));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/profiles/types",
        "/api/v1/profiles/flamegraph?service=svc",
        "/api/v1/profiles/flamegraph?type=" + CPU,
        "/api/v1/profiles/flamegraph?service=svc&type=cpu",
        FLAME + "&from=yesterday",
        FLAME + "&from=now-1y",
        FLAME + "&from=99999999999999999999",
        FLAME + "&from=now&until=now-5m",
        FLAME + "&max_nodes=0",
        FLAME + "&max_nodes=x",
      })
  void badInput_isA400WithAMessage(String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(response.body()).getString("error")).isNotBlank();
    assertThat(response.body()).doesNotContain("\tat ", "Exception");
  }
}
