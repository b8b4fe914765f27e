package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import okio.Buffer;
import okio.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of docs/configuration.md, "What each answer of a server means", row by row on sockets.
 */
class DeliveryTableTest {
  /** By the first part of the path: what an endpoint meets, once, before it meets 200. */
  private static final Map<String, MockResponse> ROWS =
      Map.ofEntries(
          Map.entry("ok", status(200)),
          Map.entry("slow", status(200).newBuilder().headersDelay(2, TimeUnit.SECONDS).build()),
          Map.entry("late", status(200).newBuilder().headersDelay(4, TimeUnit.SECONDS).build()),
          Map.entry("closed", closed()),
          Map.entry("s408", status(408)),
          Map.entry("s429", status(429)),
          Map.entry("asked", status(429).newBuilder().setHeader("Retry-After", "3").build()),
          Map.entry("s500", status(500)),
          Map.entry("s502", status(502)),
          Map.entry("s503", status(503)),
          Map.entry("s400", status(400)),
          Map.entry("s413", status(413)),
          Map.entry("s415", status(415)),
          Map.entry("s401", status(401)),
          Map.entry("s403", status(403)),
          Map.entry("s404", status(404)));

  /** What came for an endpoint, in the order in which it came, and when. */
  private record Came(ByteString body, long nanos) {}

  @StartStop public final MockWebServer target = new MockWebServer();
  @StartStop public final MockWebServer pyroscope = new MockWebServer();
  @TempDir Path folder;
  private final Map<String, List<Came>> came = new ConcurrentHashMap<>();

  @Test
  void everyRow_isAsTheTableSays() throws Exception {
    serveOnce();
    pyroscope.setDispatcher(
        answering(
            request -> {
              String row = Objects.requireNonNull(request.getUrl().pathSegments().get(0));
              List<Came> list = came.computeIfAbsent(row, ignored -> new CopyOnWriteArrayList<>());
              list.add(new Came(Objects.requireNonNull(request.getBody()), System.nanoTime()));
              return list.size() == 1 ? Objects.requireNonNull(ROWS.get(row)) : status(200);
            }));
    int port = Daemon.freePort();
    try (Daemon daemon = new Daemon(config(port, ROWS.keySet().stream().map(this::row)), port)) {
      List<String> slowly = List.of("s401", "s403", "s404");
      Daemon.await(
          "those that name what to check",
          () -> slowly.stream().allMatch(row -> state(daemon, row).equals("failing")));
      assertThat(endpoint(daemon, "s401").getString("last_error")).contains("401");
      assertThat(endpoint(daemon, "s401").getInteger("queued")).isEqualTo(1);
      Daemon.await(
          "all settled",
          () ->
              ROWS.keySet().stream()
                  .map(row -> endpoint(daemon, row))
                  .allMatch(one -> one.getInteger("offered") == 1 && settled(one)));

      for (String row : ROWS.keySet()) {
        boolean refused = List.of("s400", "s413", "s415").contains(row);
        boolean once = refused || row.equals("ok") || row.equals("slow");
        assertThat(bodies(row)).as(row).hasSize(once ? 1 : 2);
        assertThat(bodies(row).stream().distinct()).as("%s: the same bytes again", row).hasSize(1);
        JsonObject end = endpoint(daemon, row);
        assertThat(end.getInteger("sent")).as(row).isEqualTo(refused ? 0 : 1);
        assertThat(end.getJsonObject("dropped").getInteger("rejected"))
            .as(row)
            .isEqualTo(refused ? 1 : 0);
        assertThat(end.getString("state")).as(row).isEqualTo("healthy");
      }
      assertThat(between("asked")).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(2_900));
      assertThat(between("s401")).isGreaterThan(TimeUnit.SECONDS.toNanos(5));
    }
  }

  @Test
  void deadAndHangingEndpoints_costAHealthyOneNothing() throws Exception {
    AtomicInteger scrapes = new AtomicInteger();
    target.setDispatcher(answering(request -> heap(scrapes.incrementAndGet())));
    pyroscope.setDispatcher(
        answering(
            request -> {
              came.computeIfAbsent("ok", ignored -> new CopyOnWriteArrayList<>())
                  .add(new Came(ByteString.EMPTY, System.nanoTime()));
              return status(200);
            }));
    int port = Daemon.freePort();
    int dead = Daemon.freePort();
    try (ServerSocket hanging = new ServerSocket(0);
        Daemon daemon =
            new Daemon(
                config(
                    port,
                    Stream.of(
                        "{ name = ok, url = \"%s\" }".formatted(url("ok")),
                        "{ name = dead, url = \"http://127.0.0.1:%d\" }".formatted(dead),
                        "{ name = hanging, url = \"http://127.0.0.1:%d\" }"
                            .formatted(hanging.getLocalPort()))),
                port)) {
      Daemon.await("10 scrapes", () -> scrapes.get() >= 10);

      Daemon.await("9 of them here", () -> bodies("ok").size() >= 9);
      JsonObject healthy = endpoint(daemon, "ok");
      assertThat(healthy.getString("state")).isEqualTo("healthy");
      assertThat(healthy.getInteger("queued")).isLessThanOrEqualTo(1);
      assertThat(endpoint(daemon, "dead").getInteger("sent")).isZero();
      assertThat(endpoint(daemon, "hanging").getInteger("sent")).isZero();
      assertThat(daemon.loop("memory").getInteger("skipped")).isZero();
    }
  }

  @Test
  void allRejected_isRejecting_andItsComponentIsUnhealthy_untilOnePasses() throws Exception {
    AtomicInteger scrapes = new AtomicInteger();
    AtomicInteger answer = new AtomicInteger(400);
    target.setDispatcher(answering(request -> heap(scrapes.incrementAndGet())));
    pyroscope.setDispatcher(answering(request -> status(answer.get())));
    int port = Daemon.freePort();
    String endpoint = "{ name = all, url = \"%s\" }".formatted(url("all"));
    try (Daemon daemon = new Daemon(config(port, Stream.of(endpoint)), port)) {
      Daemon.await("rejecting", () -> state(daemon, "all").equals("rejecting"));
      assertThat(endpoint(daemon, "all").getString("last_error")).startsWith("400");
      JsonObject write =
          daemon.get("/api/v1/components").array().stream()
              .map(JsonObject.class::cast)
              .filter(one -> one.getString("kind").equals("pyroscope.write"))
              .findFirst()
              .orElseThrow();
      assertThat(write.getString("health")).isEqualTo("unhealthy");
      assertThat(write.getString("message")).isEqualTo("all is rejecting");
      answer.set(200);
      Daemon.await("healthy", () -> state(daemon, "all").equals("healthy"));
    }
  }

  private static boolean settled(JsonObject endpoint) {
    return endpoint.getInteger("queued") + endpoint.getInteger("in_flight") == 0;
  }

  private static String state(Daemon daemon, String name) {
    return endpoint(daemon, name).getString("state");
  }

  private static JsonObject endpoint(Daemon daemon, String name) {
    try {
      return daemon.get("/api/v1/endpoints").array().stream()
          .map(JsonObject.class::cast)
          .filter(one -> one.getString("endpoint").equals(name))
          .findFirst()
          .orElseThrow();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  private List<ByteString> bodies(String row) {
    return came.getOrDefault(row, List.of()).stream().map(Came::body).toList();
  }

  /** Nanoseconds between the first two tries. */
  private long between(String row) {
    List<Came> tries = Objects.requireNonNull(came.get(row));
    return tries.get(1).nanos() - tries.get(0).nanos();
  }

  /** One body, then none: each endpoint is offered one profile. */
  private void serveOnce() {
    AtomicInteger scrapes = new AtomicInteger();
    target.setDispatcher(
        answering(request -> scrapes.incrementAndGet() == 1 ? heap(1) : status(503)));
  }

  private static MockResponse heap(int n) {
    return new MockResponse.Builder().body(new Buffer().write(HeapTarget.heap(n))).build();
  }

  private static MockResponse status(int code) {
    return new MockResponse.Builder()
        .code(code)
        .addHeader("Content-Type", "application/proto")
        .build();
  }

  private static MockResponse closed() {
    return new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build();
  }

  private static Dispatcher answering(
      java.util.function.Function<RecordedRequest, MockResponse> answer) {
    return new Dispatcher() {
      @Override
      public MockResponse dispatch(RecordedRequest request) {
        return answer.apply(request);
      }
    };
  }

  private String url(String row) {
    return "http://127.0.0.1:%d/%s".formatted(pyroscope.getPort(), row);
  }

  private String row(String row) {
    return "{ name = %s, url = \"%s\", remote_timeout = %s }"
        .formatted(row, url(row), row.equals("late") ? "1s" : "10s");
  }

  private Path config(int port, Stream<String> endpoints) throws Exception {
    return Files.writeString(
        folder.resolve("delivery.conf"),
        """
        pyroscope.scrape.s {
          targets = [ { "__address__" = "127.0.0.1:%d", "service_name" = "shop" } ]
          scrape_interval = 500ms
          profiling_config.profile {
            process_cpu.enabled = false, goroutine.enabled = false
            mutex.enabled = false, block.enabled = false
          }
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.write.w { endpoints = [ %s ] }
        stoker.storage.path = "%s"
        stoker.http.listen = "127.0.0.1:%d"
        """
            .formatted(
                target.getPort(),
                endpoints.collect(Collectors.joining(", ")),
                folder.resolve("data"),
                port));
  }
}
