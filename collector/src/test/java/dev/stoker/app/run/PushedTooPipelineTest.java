package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.receive.pyroscope.Pushes;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service is scraped, and its SDK pushes the same profile through the same daemon. */
class PushedTooPipelineTest {
  private static final long TIME = 1_700_000_000_000_000_000L;

  @TempDir Path folder;

  private String config(int admin, int port, int target, String whenPushed) {
    return """
    pyroscope.receive_http.in {
      http { listen_address = "127.0.0.1", listen_port = PORT }
      forward_to = [ pyroscope.write.w.receiver ]
    }
    pyroscope.scrape.apps {
      targets = [ { "__address__" = "localhost:TARGET", service_name = shop } ]
      scrape_interval = 1s
      scrape_timeout = 1s
      when_pushed = WHEN
      profiling_config {
        profile.memory.enabled = false
        profile.block.enabled = false
        profile.mutex.enabled = false
        profile.process_cpu.enabled = false
      }
      forward_to = [ pyroscope.write.w.receiver ]
    }
    pyroscope.write.w { endpoint { url = "http://127.0.0.1:1" } }
    stoker { http.listen = "127.0.0.1:ADMIN", storage.path = "FOLDER", reload.watch = false }
    """
        .replace("PORT", "" + port)
        .replace("ADMIN", "" + admin)
        .replace("TARGET", "" + target)
        .replace("WHEN", whenPushed)
        .replace("FOLDER", folder.resolve("data").toString());
  }

  @Test
  void profileThatIsPushedToo_isSaid_andLeftOutOnDemand() throws Exception {
    int admin = Daemon.freePort();
    int port = Daemon.freePort();
    try (MockWebServer app = new MockWebServer()) {
      app.setDispatcher(
          new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
              Buffer body = new Buffer().write(Pushes.profile(3, System.nanoTime()));
              return new MockResponse.Builder().body(body).build();
            }
          });
      app.start();
      Path file = folder.resolve("stoker.conf");
      Files.writeString(file, config(admin, port, app.getPort(), "warn"));
      try (Daemon daemon = new Daemon(file, admin)) {
        Daemon.await("it is scraped", () -> "up".equals(target(daemon).getString("health")));
        assertThat(target(daemon).getBoolean("also_pushed")).isFalse();

        Daemon.await(
            "it is said",
            () -> {
              push(daemon, port);
              return target(daemon).getBoolean("also_pushed");
            });
        assertThat(target(daemon).getJsonObject("detail").containsKey("paused")).isFalse();

        Files.writeString(file, config(admin, port, app.getPort(), "skip"));
        assertThat(daemon.reload().status()).isEqualTo(200);
        Daemon.await(
            "it is left out",
            () -> {
              push(daemon, port);
              return target(daemon).getJsonObject("detail").containsKey("paused");
            });
        assertThat(daemon.get("/metrics").body())
            .containsPattern("stoker_scrape_paused_total\\{[^}]*reason=\"pushed\"[^}]*} [1-9]");

        int requests = app.getRequestCount();
        Daemon.await("it is scraped again", () -> app.getRequestCount() > requests);
        Daemon.await("the pushes have ended", () -> !target(daemon).getBoolean("also_pushed"));
      }
    }
  }

  private static JsonObject target(Daemon daemon) throws Exception {
    return daemon.get("/api/v1/targets").json().getJsonArray("active").getJsonObject(0);
  }

  private static void push(Daemon daemon, int port) throws Exception {
    Map<String, String> labels = Map.of("__name__", "goroutines", "service_name", "shop");
    Daemon.Answer answer =
        daemon.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + port + "/push.v1.PusherService/Push"))
                .header("Content-Type", "application/proto")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        Pushes.proto(labels, Pushes.profile(3, TIME))))
                .build());
    assertThat(answer.status()).isEqualTo(200);
  }
}
