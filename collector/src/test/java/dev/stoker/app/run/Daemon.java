package dev.stoker.app.run;

import dev.stoker.app.memory.HeapPlan;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.files.StorageFolder;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A daemon in this JVM, from a config on a real file system, asked over its admin port. */
public final class Daemon implements AutoCloseable {
  private static final long STOP_SECONDS = 30;
  private static final int FIRST_PORT = 16_000;
  private static final int PORTS = 16_000;
  private static final AtomicInteger NEXT_PORT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 97 % PORTS));

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final int port;
  private final String deployment;

  /** An answer of the admin server. */
  public record Answer(int status, String body) {
    JsonObject json() {
      return new JsonObject(body);
    }

    JsonArray array() {
      return new JsonArray(body);
    }
  }

  /**
   * @param port what the config listens on
   */
  public Daemon(Path config, int port) throws Exception {
    this.port = port;
    LoadResult loaded = ConfigLoader.load(config);
    if (!(loaded instanceof LoadResult.Loaded first)) {
      throw new AssertionError(loaded.toString());
    }
    this.deployment =
        vertx
            .deployVerticle(
                new Collector(
                    first,
                    HeapPlan.here(first.config()),
                    new StorageFolder(first.config().daemon().storage()),
                    () -> ConfigLoader.load(config)))
            .await(30, TimeUnit.SECONDS);
  }

  /**
   * A port that nobody has and that is given away once: below those that the kernel hands out, or a
   * server or a connection of the same test could get it before the daemon listens there.
   */
  public static int freePort() throws IOException {
    for (int tries = 0; tries < 1_000; tries++) {
      int port = FIRST_PORT + NEXT_PORT.getAndIncrement() % PORTS;
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress("127.0.0.1", port));
        return port;
      } catch (BindException taken) {
        continue;
      }
    }
    throw new IOException("no free port");
  }

  public Answer get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  Answer reload() throws Exception {
    return send(
        HttpRequest.newBuilder(uri("/-/reload"))
            .POST(HttpRequest.BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(60))
            .build());
  }

  Answer send(HttpRequest request) throws Exception {
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }

  HttpClient client() {
    return client;
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  JsonObject lastReload() throws Exception {
    return get("/api/v1/config").json().getJsonObject("last_reload");
  }

  JsonArray active() throws Exception {
    return get("/api/v1/targets").json().getJsonArray("active");
  }

  /** The only loop of a profile type. */
  JsonObject loop(String profileType) throws Exception {
    return active().stream()
        .map(JsonObject.class::cast)
        .filter(loop -> loop.getString("profile_type").equals(profileType))
        .reduce(
            (one, other) -> {
              throw new AssertionError("two loops: " + one + other);
            })
        .orElseThrow();
  }

  /** A value of the metrics; NaN = no such line. */
  double metric(String line) throws Exception {
    return get("/metrics")
        .body()
        .lines()
        .filter(text -> text.startsWith(line + " "))
        .mapToDouble(text -> Double.parseDouble(text.substring(line.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  /** What may throw. */
  public interface Condition {
    boolean holds() throws Exception;
  }

  /** Waits until it holds. */
  public static void await(String what, Condition condition) throws Exception {
    awaitWithin(Duration.ofSeconds(30), what, condition);
  }

  static void awaitWithin(Duration bound, String what, Condition condition) throws Exception {
    long end = System.nanoTime() + bound.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + bound + ": " + what);
      }
      java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  @Override
  public void close() throws Exception {
    vertx.undeploy(deployment).await(STOP_SECONDS, TimeUnit.SECONDS);
    vertx.close().await(STOP_SECONDS, TimeUnit.SECONDS);
  }
}
