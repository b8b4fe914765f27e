package dev.stoker.discovery;

import dev.stoker.http.client.BoundedClient;
import dev.stoker.http.client.ClientAccess;
import java.time.Duration;
import java.util.function.Function;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;

/** The contract of a mechanism whose source is an HTTP server. */
public abstract class HttpSourceContract extends DiscovererContract {
  @StartStop public final MockWebServer server = new MockWebServer();

  /** The answer of a source with so many targets. */
  protected abstract String body(String path, int targets);

  protected String contentType() {
    return "application/json";
  }

  @Override
  protected final void works(int targets) {
    answer(
        path ->
            new MockResponse.Builder()
                .addHeader("Content-Type", contentType())
                .body(body(path, targets))
                .build());
  }

  @Override
  protected final void fails() {
    answer(path -> new MockResponse.Builder().code(500).build());
  }

  protected final BoundedClient client() {
    return new BoundedClient(
        vertx,
        timers,
        ClientAccess.plain(vertx, timers),
        new BoundedClient.Limits(Duration.ofSeconds(10), 1 << 20),
        "stoker-test");
  }

  private void answer(Function<String, MockResponse> answer) {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer.apply(request.getUrl().encodedPath());
          }
        });
  }
}
