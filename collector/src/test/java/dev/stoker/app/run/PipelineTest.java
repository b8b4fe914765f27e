package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import dev.stoker.pprof.oracle.Pprof;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import okio.Buffer;
import okio.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a HOCON file to a push: the composition root, a target and a Pyroscope on real sockets. */
class PipelineTest {
  private static final List<ValueType> HEAP =
      List.of(
          new ValueType("alloc_objects", "count"),
          new ValueType("alloc_space", "bytes"),
          new ValueType("inuse_objects", "count"),
          new ValueType("inuse_space", "bytes"));

  @StartStop public final MockWebServer target = new MockWebServer();
  @StartStop public final MockWebServer pyroscope = new MockWebServer();
  @TempDir Path folder;
  private final AtomicLong scrapes = new AtomicLong();
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  @Test
  void cumulativeHeap_becomesPushedDeltas_andTheApiTells() throws Exception {
    target.setDispatcher(answering(request -> heap(scrapes.incrementAndGet())));
    pyroscope.setDispatcher(answering(request -> new byte[0]));
    int admin = Daemon.freePort();
    String id = vertx.deployVerticle(new Collector(config(admin))).await(30, TimeUnit.SECONDS);

    Pushed first = push();
    Pushed second = push();
    Pushed third = push();
    JsonObject active =
        json(admin, "/api/v1/targets").toJsonObject().getJsonArray("active").getJsonObject(0);
    JsonObject books = books(admin);
    vertx.undeploy(id).await(25, TimeUnit.SECONDS);

    assertThat(books.getLong("empty") + books.getLong("offered"))
        .isEqualTo(books.getLong("scraped"))
        .isGreaterThanOrEqualTo(3);
    assertThat(first.labels)
        .containsEntry("__name__", "memory")
        .containsEntry("service_name", "shop")
        .containsEntry("team", "a")
        .containsEntry("__delta__", "false")
        .containsEntry("instance", target.getHostName() + ":" + target.getPort())
        .doesNotContainKey("__address__");
    assertThat(first.values()).containsExactly(0L, 0L, 7L, 700L);
    assertThat(second.values()).containsExactly(1L, 100L, 7L, 700L);
    assertThat(third.values()).containsExactly(1L, 100L, 7L, 700L);
    assertThat(active.getString("health")).isEqualTo("up");
    assertThat(active.getString("profile_type")).isEqualTo("memory");
  }

  @Test
  void stop_deliversWhatIsQueued() throws Exception {
    target.setDispatcher(answering(request -> heap(scrapes.incrementAndGet())));
    pyroscope.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder()
                .addHeader("Content-Type", "application/proto")
                .headersDelay(300, TimeUnit.MILLISECONDS)
                .build();
          }
        });
    int admin = Daemon.freePort();
    String id = vertx.deployVerticle(new Collector(config(admin))).await(30, TimeUnit.SECONDS);
    target.takeRequest(20, TimeUnit.SECONDS);
    target.takeRequest(20, TimeUnit.SECONDS);

    vertx.undeploy(id).await(25, TimeUnit.SECONDS);

    assertThat((long) pyroscope.getRequestCount()).isEqualTo(scrapes.get());
  }

  /** Of the only scrape component. */
  private JsonObject books(int admin) throws Exception {
    return json(admin, "/api/v1/components").toJsonArray().stream()
        .map(JsonObject.class::cast)
        .filter(component -> component.getString("kind").equals("pyroscope.scrape"))
        .map(component -> component.getJsonObject("books"))
        .findFirst()
        .orElseThrow();
  }

  private LoadedConfig config(int admin) throws IOException {
    Path file = folder.resolve("pipeline.conf");
    Files.writeString(
        file,
        """
        pyroscope.scrape.t {
          targets = [ { "__address__" = "%s:%d", "service_name" = "shop" } ]
          scrape_interval = 1s
          profiling_config {
            profile.memory      { enabled = true }
            profile.process_cpu { enabled = false }
            profile.goroutine   { enabled = false }
            profile.mutex       { enabled = false }
            profile.block       { enabled = false }
          }
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.write.w {
          endpoint { url = "http://%s:%d" }
          external_labels { team = a }
        }
        stoker { http.listen = "127.0.0.1:%d", storage.path = "%s" }
        """
            .formatted(
                target.getHostName(),
                target.getPort(),
                pyroscope.getHostName(),
                pyroscope.getPort(),
                admin,
                folder.resolve("data")));
    LoadResult result = ConfigLoader.load(file);
    assertThat(result).as(String.valueOf(result)).isInstanceOf(LoadResult.Loaded.class);
    return ((LoadResult.Loaded) result).config();
  }

  private Pushed push() throws Exception {
    RecordedRequest request = pyroscope.takeRequest(20, TimeUnit.SECONDS);
    assertThat(request).isNotNull();
    return Pushed.of(request.getBody());
  }

  /**
   * push.v1.PushRequest, read without its schema: series 1 → labels 1 (name 1, value 2), samples 2.
   */
  private record Pushed(Map<String, String> labels, Pprof.Profile profile) {
    static Pushed of(ByteString request) throws Exception {
      UnknownFieldSet series = message(UnknownFieldSet.parseFrom(request.toByteArray()), 1);
      Map<String, String> labels = new TreeMap<>();
      for (com.google.protobuf.ByteString pair : series.getField(1).getLengthDelimitedList()) {
        UnknownFieldSet label = UnknownFieldSet.parseFrom(pair);
        labels.put(text(label, 1), text(label, 2));
      }
      byte[] body = message(series, 2).getField(1).getLengthDelimitedList().get(0).toByteArray();
      return new Pushed(labels, Pprof.Profile.parseFrom(Gzip.inflate(body, 1 << 20)));
    }

    List<Long> values() {
      return profile.getSample(0).getValueList();
    }

    private static UnknownFieldSet message(UnknownFieldSet of, int field) throws Exception {
      return UnknownFieldSet.parseFrom(of.getField(field).getLengthDelimitedList().get(0));
    }

    private static String text(UnknownFieldSet of, int field) {
      return of.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
    }
  }

  private static byte[] heap(long n) {
    PprofWriter writer = new PprofWriter(HEAP, new ValueType("space", "bytes"), 1, "alloc_space");
    writer.sample(new int[] {writer.location("main.leaf", "main.go", 3)}, n, n * 100, 7, 700);
    return writer.finish(1_800_000_000_000_000_000L + n, 0);
  }

  private interface Body {
    byte[] of(RecordedRequest request);
  }

  private static Dispatcher answering(Body body) {
    return new Dispatcher() {
      @Override
      public MockResponse dispatch(RecordedRequest request) {
        return new MockResponse.Builder().body(new Buffer().write(body.of(request))).build();
      }
    };
  }

  private static io.vertx.core.buffer.Buffer json(int port, String path) throws Exception {
    return io.vertx.core.buffer.Buffer.buffer(
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofByteArray())
            .body());
  }
}
