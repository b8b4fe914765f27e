package dev.stoker.discovery.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request to the API server. The answer is read on the client's threads, no faster than the
 * control context takes it, and never more of it than one object and one piece of the network.
 */
final class ApiCall {
  /** What is kept of an answer that is a failure. */
  private static final int MOST_FAILURE = 16 << 10;

  /** Called on the control context, in this order; not after {@link #cancel}. */
  interface Listener {
    /** The head of a good answer is there. */
    void answered();

    void told(List<Told> told);

    /**
     * Called once.
     *
     * @param failure null = the answer is whole
     */
    void ended(@Nullable ApiFailure failure);
  }

  private final AnswerReader reader;
  private final Executor control;
  private final Listener listener;
  private final ByteArrayOutputStream refusal = new ByteArrayOutputStream();
  private volatile boolean cancelled;
  private volatile boolean received;
  private volatile @Nullable AsyncBody body;

  /** Set before the first byte of the body is asked for. */
  private volatile boolean good;

  ApiCall(AnswerReader reader, Executor control, Listener listener) {
    this.reader = reader;
    this.control = control;
    this.listener = listener;
  }

  /** May block for a moment: files with secrets are read. */
  void send(HttpClient http, HttpRequest request, ObjectMapper mapper) {
    try {
      http.consumeBytes(request, this::bytes)
          .whenComplete(
              (response, failure) -> {
                if (failure != null) {
                  end(ApiFailure.withoutAnswer(ApiWords.reason(failure)));
                } else {
                  answer(response, mapper);
                }
              });
    } catch (RuntimeException failure) {
      end(ApiFailure.withoutAnswer(ApiWords.reason(failure)));
    }
  }

  private void answer(HttpResponse<AsyncBody> response, ObjectMapper mapper) {
    AsyncBody content = response.body();
    body = content;
    good = response.isSuccessful();
    if (good) {
      onControl(listener::answered);
    }
    content
        .done()
        .whenComplete(
            (nothing, broken) -> {
              if (!good) {
                end(refused(response, mapper));
              } else if (broken != null) {
                end(ApiFailure.withoutAnswer(ApiWords.reason(broken)));
              } else {
                whole();
              }
            });
    if (cancelled) {
      content.cancel();
    } else {
      content.consume();
    }
  }

  private void bytes(List<ByteBuffer> buffers, AsyncBody content) throws IOException {
    received = true;
    List<Told> told = new ArrayList<>();
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      if (good) {
        told.addAll(reader.read(bytes, 0, bytes.length));
      } else {
        refusal.write(bytes, 0, Math.min(bytes.length, MOST_FAILURE - refusal.size()));
      }
    }
    if (told.isEmpty()) {
      content.consume();
    } else {
      onControl(
          () -> {
            listener.told(told);
            content.consume();
          });
    }
  }

  private void whole() {
    try {
      List<Told> told = reader.end();
      onControl(() -> listener.told(told));
      end(null);
    } catch (IOException broken) {
      end(ApiFailure.withoutAnswer(ApiWords.reason(broken)));
    }
  }

  private ApiFailure refused(HttpResponse<?> response, ObjectMapper mapper) {
    String words = "";
    try {
      JsonNode status = mapper.readTree(refusal.toByteArray());
      words = status == null ? "" : status.path("message").asText("");
    } catch (IOException noStatus) {
      words = "";
    }
    return new ApiFailure(
        response.code(), words, RetryAfter.of(response.header("Retry-After"), Instant.now()));
  }

  private void end(@Nullable ApiFailure failure) {
    onControl(() -> listener.ended(failure));
  }

  private void onControl(Runnable step) {
    if (cancelled) {
      return;
    }
    try {
      control.execute(
          () -> {
            if (!cancelled) {
              step.run();
            }
          });
    } catch (RejectedExecutionException closing) {
      cancelled = true;
    }
  }

  /** Whether anything has come in since this was asked last. */
  boolean received() {
    boolean any = received;
    received = false;
    return any;
  }

  /** Whether the head of a good answer has come. */
  boolean isAnswered() {
    return good;
  }

  /** The connection of an answer that has not ended is closed. */
  void cancel() {
    cancelled = true;
    AsyncBody content = body;
    if (content != null) {
      content.cancel();
    }
  }
}
