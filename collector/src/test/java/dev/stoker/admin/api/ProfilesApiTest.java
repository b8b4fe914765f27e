package dev.stoker.admin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.admin.FakeDaemon;
import dev.stoker.admin.TestAdmin;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.store.LocalStore;
import dev.stoker.store.StoreConfig;
import dev.stoker.store.TestProfiles;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProfilesApiTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final String FLAME = "/api/v1/profiles/flamegraph?service=svc&type=" + CPU;

  @TempDir Path storage;
  private final ManualTimers time = new ManualTimers(NOW);
  private final FakeDaemon daemon = new FakeDaemon();
  private TestAdmin admin;

  @BeforeEach
  void serve() throws Exception {
    LocalStore store =
        new LocalStore(
            new StoreConfig("stoker.store.t", Duration.ofHours(1), 1 << 20),
            new StorageFolder(storage),
            time);
    store.start().await(20, TimeUnit.SECONDS);
    store.append(TestProfiles.of("svc", "process_cpu", NOW - 60_000, TestProfiles.cpu(7)));
    store.append(TestProfiles.of("svc", "process_cpu", NOW - 600_000, TestProfiles.cpu(9)));
    daemon.profiles.add(store);
    admin = new TestAdmin(daemon, time);
  }

  @AfterEach
  void close() throws Exception {
    admin.close();
  }

  private JsonObject json(String path) throws Exception {
    HttpResponse<String> response = admin.get(path);
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
    HttpResponse<String> response = admin.get(path);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(response.body()).getString("error")).isNotBlank();
    assertThat(response.body()).doesNotContain("\tat ", "Exception");
  }
}
