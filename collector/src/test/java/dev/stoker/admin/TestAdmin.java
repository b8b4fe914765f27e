package dev.stoker.admin;

import dev.stoker.admin.server.AdminServer;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.Timers;
import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.server.ServerAccess;
import dev.stoker.http.server.ServerConfig;
import dev.stoker.jvm.own.JvmProfiler;
import dev.stoker.selfprofile.OwnProfiles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The admin server of a {@link FakeDaemon}, on a real socket. */
public final class TestAdmin implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final CpuPool cpu = new CpuPool(1);
  private final JvmProfiler profiler = new JvmProfiler(Clock.systemUTC());
  private final HttpClient client = HttpClient.newHttpClient();
  private final AdminServer server;
  private final int port;

  /**
   * @param clock of queries for profiles; null = the wall clock
   */
  public TestAdmin(FakeDaemon daemon, @Nullable Timers clock) throws Exception {
    Timers timers = new VertxTimers(vertx, vertx.getOrCreateContext());
    server =
        new AdminServer(
            vertx,
            timers,
            new ServerAccess(ServerConfig.DEFAULT, vertx, timers),
            new SimpleMeterRegistry(),
            8 << 20);
    AdminRoutes.Services services =
        new AdminRoutes.Services(
            cpu,
            clock == null ? timers : clock,
            new OwnProfiles(vertx, timers, profiler),
            () -> "",
            () -> "");
    new AdminRoutes(daemon, services).mount(server);
    port = server.listen("127.0.0.1", 0).await(20, TimeUnit.SECONDS);
  }

  public Router router() {
    return server.router();
  }

  public JvmProfiler profiler() {
    return profiler;
  }

  public CpuPool cpu() {
    return cpu;
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  public HttpResponse<String> get(String path) throws Exception {
    return send(request(path).build());
  }

  public HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  public HttpResponse<byte[]> bytes(HttpRequest request) throws Exception {
    return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
  }

  @Override
  public void close() throws Exception {
    server.stop().await(20, TimeUnit.SECONDS);
    vertx.close().await(20, TimeUnit.SECONDS);
    profiler.close();
    cpu.close();
  }
}
