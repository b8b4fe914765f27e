package dev.stoker.selfprofile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.jvmprofile.JvmProfiler;
import dev.stoker.jvmprofile.JvmProfilerTest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfilerRoutesTest {
  private final Vertx vertx = Vertx.vertx();
  private final JvmProfiler profiler = new JvmProfiler(Clock.systemUTC());
  private final HttpClient client = HttpClient.newHttpClient();
  private int port;

  @BeforeEach
  void serve() throws Exception {
    Router router = Router.router(vertx);
    new ProfilerRoutes(vertx, new VertxTimers(vertx, vertx.getOrCreateContext()), profiler)
        .mount(router);
    port =
        vertx
            .createHttpServer(new HttpServerOptions().setCompressionSupported(true))
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS)
            .actualPort();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
    profiler.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"allocs", "mutex", "block", "goroutine", "profile?seconds=1", "allocs?seconds=1"})
  void answersOneGzippedProfile_likeAGoService(String path) throws Exception {
    HttpResponse<byte[]> response = get(path);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    assertThat(JvmProfilerTest.parse(response.body()).getSampleTypeCount()).isPositive();
  }

  @Test
  void window_lastsAsLongAsAskedFor() throws Exception {
    HttpResponse<byte[]> response = get("profile?seconds=1");

    assertThat(JvmProfilerTest.parse(response.body()).getDurationNanos())
        .isGreaterThanOrEqualTo(1_000_000_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "cmdline", "..", "%00"})
  void unknownProfile_is404(String path) throws Exception {
    HttpResponse<byte[]> response = get(path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(profiler.stopIfIdle()).as("nothing is recorded").isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "x", "1.5", "301", "99999999999999999999"})
  void badSeconds_is400(String seconds) throws Exception {
    HttpResponse<byte[]> response = get("allocs?seconds=" + seconds);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(profiler.stopIfIdle()).as("nothing is recorded").isTrue();
  }

  @Test
  void index_namesTheProfiles() throws Exception {
    assertThat(new String(get("").body(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("/debug/pprof/allocs", "/debug/pprof/profile");
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/debug/pprof/" + path))
            .header("Accept-Encoding", path.isEmpty() ? "identity" : "gzip")
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }
}
