package dev.stoker.discovery.kubernetes.api;

import dev.stoker.discovery.kubernetes.objects.Kind;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Asks one API server. */
public final class ApiClient implements AutoCloseable {
  private final HttpClient http;
  private final String server;
  private final ApiThreads threads;
  private final Executor control;
  private final ApiJson json = new ApiJson();

  /**
   * @param server ends with a slash
   * @param control runs on the control context
   */
  ApiClient(HttpClient http, String server, ApiThreads threads, Executor control) {
    this.http = http;
    this.server = server;
    this.threads = threads;
    this.control = control;
  }

  /**
   * @param path with its query, below the server's address
   * @param headMillis after which a request without an answer is given up; the caller's own bound
   *     is not to be longer
   */
  public ApiCall get(
      String path, Kind kind, boolean watch, long headMillis, ApiCall.Listener listener) {
    ApiCall call = new ApiCall(new AnswerReader(json, kind, watch), threads, control, listener);
    HttpRequest.Builder request =
        http.newHttpRequestBuilder()
            .uri(server + path)
            .header("Accept", "application/json")
            .timeout(headMillis, TimeUnit.MILLISECONDS);
    if (!watch) {
      // An API server packs a list to a twentieth; to decrypt it costs more than to unpack it.
      request.header("Accept-Encoding", "gzip");
    }
    try {
      threads.execute(() -> call.send(http, request.build(), json));
    } catch (RejectedExecutionException closed) {
      call.cancel();
    }
    return call;
  }

  @Override
  public void close() {
    http.close();
    threads.close();
  }
}
