package dev.stoker.discovery;

import dev.stoker.concurrent.VertxTimers;
import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.ClientAccess;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A mechanism that polls, behind the running component, and a server of HTTP that it may ask. */
public abstract class MechanismHarness {
  protected static final Duration SOON = Duration.ofMillis(100);

  @StartStop public final MockWebServer server = new MockWebServer();
  @TempDir protected Path folder;
  protected final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Context context = vertx.getOrCreateContext();
  protected final VertxTimers timers = new VertxTimers(vertx, context);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  protected TargetNode start(Discoverer discoverer) {
    DiscoveredTargets node =
        new DiscoveredTargets(
            "discovery.test.t", discoverer, timers, TargetBudget.unbounded(), () -> {});
    context.runOnContext(ignored -> node.start());
    return node;
  }

  protected BoundedClient get(BoundedClient.Limits limits) {
    return new BoundedClient(
        vertx, timers, ClientAccess.plain(vertx, timers), limits, "stoker-test");
  }

  protected void serve(Function<String, MockResponse> answer) {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer.apply(request.getUrl().encodedPath());
          }
        });
  }

  protected static MockResponse json(String body) {
    return new MockResponse.Builder()
        .addHeader("Content-Type", "application/json; charset=utf-8")
        .body(body)
        .build();
  }

  protected static List<String> addresses(TargetNode node) {
    return node.targets().stream().map(target -> target.get("__address__")).toList();
  }
}
