package dev.stoker.receive.pyroscope;

import dev.stoker.component.Services;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.http.client.Auth;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.server.Remote;
import dev.stoker.http.server.ServerConfig;
import dev.stoker.profile.Appender;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Room;
import dev.stoker.receive.LabelLimits;
import dev.stoker.receive.config.ReceiveLimits;
import dev.stoker.receive.server.Bounds;
import dev.stoker.receive.server.Listen;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A receiver on a real port, with a queue behind it that a test controls. */
final class ReceiverHarness implements AutoCloseable {
  static final ReceiveLimits LIMITS =
      new ReceiveLimits(
          new Bounds(1 << 20, 16, 4 << 20, Duration.ofSeconds(30)), 2 << 20, LabelLimits.NONE);

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final List<Profile> taken = new CopyOnWriteArrayList<>();
  final Receiver receiver;
  volatile int room = Integer.MAX_VALUE;
  volatile boolean broken;
  private final Vertx vertx = Vertx.vertx();
  private final Context control = vertx.getOrCreateContext();
  private final Services services;
  final int port;

  ReceiverHarness() throws Exception {
    this(config(new Auth.None(), LIMITS, true));
  }

  ReceiverHarness(ReceiveConfig config) throws Exception {
    this.services =
        new Services(
            new Services.Daemon(
                vertx,
                control,
                new VertxTimers(vertx, control),
                registry,
                new StorageFolder(Path.of("unused")),
                "Stoker",
                1,
                share -> 64 << 20));
    this.receiver = call(() -> new Receiver(config, new Queue(), services));
    var move = call(() -> receiver.door().move(config.listen()));
    List<String> problems = call(move::open).await(10, TimeUnit.SECONDS);
    if (!problems.isEmpty()) {
      throw new AssertionError(problems);
    }
    call(move::commit).await(10, TimeUnit.SECONDS);
    String address = call(() -> receiver.door().address());
    this.port = Integer.parseInt(address.replaceFirst(".*:", ""));
  }

  static ReceiveConfig config(Auth auth, ReceiveLimits limits, boolean tenantFromHeader) {
    ServerConfig access = new ServerConfig(auth, Secret.NONE, Secret.NONE, List.of(), Remote.ALL);
    return new ReceiveConfig(
        "pyroscope.receive_http.test",
        new Listen("127.0.0.1", 0, access),
        tenantFromHeader,
        limits,
        List.of("pyroscope.write.test"));
  }

  private final class Queue implements Appender {
    @Override
    public boolean append(Profile profile) {
      if (broken) {
        throw new IllegalStateException("a bug of this test");
      }
      taken.add(profile);
      return true;
    }

    @Override
    public boolean hasRoom(Profile profile, Room batch) {
      boolean fits = taken.size() + batch.promised(this) < room;
      if (fits) {
        batch.promise(this, 1);
      }
      return fits;
    }
  }

  /** Keeps the only CPU thread busy until the latch is down. */
  void keepBusy(CountDownLatch until) {
    services.cpuPool().submit(() -> until.await(20, TimeUnit.SECONDS));
  }

  /** On the control context. */
  <T> T call(Callable<T> work) throws Exception {
    CompletableFuture<T> result = new CompletableFuture<>();
    control.runOnContext(
        ignored -> {
          try {
            result.complete(work.call());
          } catch (Throwable thrown) {
            result.completeExceptionally(thrown);
          }
        });
    return result.get(20, TimeUnit.SECONDS);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  Vertx vertx() {
    return vertx;
  }

  double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  double gauge(String name) {
    return registry.get(name).gauge().value();
  }

  @Override
  public void close() throws Exception {
    call(() -> receiver.parts().server().close()).await(10, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
  }
}
