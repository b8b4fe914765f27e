package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.Gzip;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesPartialSuccess;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that scrapes and writes OTLP, on real sockets: the queue, its books and its disk. */
class OtlpPipelineTest {
  @StartStop public final MockWebServer target = new MockWebServer();
  @StartStop public final MockWebServer collector = new MockWebServer();
  @TempDir Path folder;
  private final List<ExportProfilesServiceRequest> taken = new CopyOnWriteArrayList<>();
  private final AtomicInteger tries = new AtomicInteger();
  private volatile MockResponse first = answer("");
  private volatile boolean away;

  @Test
  void aBusyServer_getsTheProfileLater_andTheBooksBalance() throws Exception {
    first = new MockResponse.Builder().code(503).addHeader("Retry-After", "1").build();
    serve();
    int port = Daemon.freePort();
    try (Daemon daemon = new Daemon(config(port), port)) {
      Daemon.await("delivered", () -> endpoint(daemon).getInteger("sent") >= 1);

      JsonObject endpoint = endpoint(daemon);
      assertThat(endpoint.getString("kind")).isEqualTo("otlp");
      assertThat(tries.get()).isGreaterThan(1);
      assertThat(daemon.metric("otlp_write_retries_total{endpoint=\"main\"}")).isEqualTo(1);
      assertThat(daemon.metric("otlp_write_sent_profiles_total{endpoint=\"main\"}"))
          .isGreaterThanOrEqualTo(1);
    }
    assertThat(attributes(taken.get(0))).contains("service.name=shop").noneMatch(this::isPrivate);
  }

  private boolean isPrivate(String attribute) {
    return attribute.startsWith("__");
  }

  @Test
  void profilesThatTheServerRejects_areDroppedWithItsWords() throws Exception {
    first = answer("no room for this type");
    serve();
    int port = Daemon.freePort();
    try (Daemon daemon = new Daemon(config(port), port)) {
      Daemon.await(
          "rejected", () -> endpoint(daemon).getJsonObject("dropped").getInteger("rejected") == 1);
      assertThat(endpoint(daemon).getString("last_error"))
          .contains("the server rejected 1 of 1 sample types: no room for this type");
      assertThat(
              daemon.metric(
                  "otlp_write_dropped_profiles_total{endpoint=\"main\",reason=\"rejected\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void whatAStopLeaves_isOnDisk_andSentByTheNextRun() throws Exception {
    away = true;
    serve();
    int port = Daemon.freePort();
    Path config = config(port);
    int left;
    try (Daemon daemon = new Daemon(config, port)) {
      Daemon.await("waiting", () -> endpoint(daemon).getInteger("offered") >= 1);
      left = endpoint(daemon).getInteger("offered");
    }
    assertThat(taken).isEmpty();
    away = false;
    try (Daemon daemon = new Daemon(config, port)) {
      Daemon.await(
          "recovered and sent",
          () ->
              endpoint(daemon).getInteger("recovered") >= left
                  && endpoint(daemon).getInteger("sent") >= left);
    }
    assertThat(taken).hasSizeGreaterThanOrEqualTo(left);
  }

  private static List<String> attributes(ExportProfilesServiceRequest request) {
    return request.getResourceProfiles(0).getResource().getAttributesList().stream()
        .map(attribute -> attribute.getKey() + "=" + attribute.getValue().getStringValue())
        .toList();
  }

  private static JsonObject endpoint(Daemon daemon) throws Exception {
    return daemon.get("/api/v1/endpoints").array().getJsonObject(0);
  }

  private void serve() throws Exception {
    byte[] profile;
    try (InputStream in =
        OtlpPipelineTest.class.getResourceAsStream("/dev/stoker/otlp/go-goroutine.pb.gz")) {
      profile = Objects.requireNonNull(in).readAllBytes();
    }
    target.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder().body(new Buffer().write(profile)).build();
          }
        });
    collector.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answered(request);
          }
        });
  }

  private MockResponse answered(RecordedRequest request) {
    if (away) {
      return new MockResponse.Builder().code(503).build();
    }
    MockResponse answer = tries.incrementAndGet() == 1 ? first : answer("");
    if (answer.getCode() == 200) {
      try {
        byte[] body = Objects.requireNonNull(request.getBody()).toByteArray();
        taken.add(ExportProfilesServiceRequest.parseFrom(Gzip.inflate(body, 1 << 20)));
      } catch (Exception malformed) {
        throw new AssertionError(malformed);
      }
    }
    return answer;
  }

  /**
   * @param rejected why it rejects a profile; "" = it takes all
   */
  private static MockResponse answer(String rejected) {
    byte[] body =
        ExportProfilesServiceResponse.newBuilder()
            .setPartialSuccess(
                ExportProfilesPartialSuccess.newBuilder()
                    .setRejectedProfiles(rejected.isEmpty() ? 0 : 1)
                    .setErrorMessage(rejected))
            .build()
            .toByteArray();
    return new MockResponse.Builder()
        .addHeader("Content-Type", "application/x-protobuf")
        .body(new Buffer().write(body))
        .build();
  }

  private Path config(int port) throws Exception {
    Path file = folder.resolve("otlp.conf");
    Files.writeString(
        file,
        """
        pyroscope.scrape.t {
          targets = [ { "__address__" = "127.0.0.1:%d", "service_name" = "shop" } ]
          scrape_interval = 1s
          profiling_config {
            profile.memory      { enabled = false }
            profile.process_cpu { enabled = false }
            profile.goroutine   { enabled = true }
            profile.mutex       { enabled = false }
            profile.block       { enabled = false }
          }
          forward_to = [ otlp.write.w.receiver ]
        }
        otlp.write.w {
          endpoint {
            name = main
            url = "http://127.0.0.1:%d"
            min_backoff_period = 100ms
          }
        }
        stoker { http.listen = "127.0.0.1:%d", storage.path = "%s" }
        """
            .formatted(target.getPort(), collector.getPort(), port, folder.resolve("state")));
    return file;
  }
}
