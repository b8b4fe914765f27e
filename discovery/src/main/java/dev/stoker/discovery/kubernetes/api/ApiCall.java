package dev.stoker.discovery.kubernetes.api;

import com.fasterxml.jackson.core.JsonParser;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request to the API server. The answer is read on the client's threads, no faster than the
 * control context takes it, and never more of it than one object and one piece of the network.
 */
public final class ApiCall {
  /** What is kept of an answer that is a failure. */
  private static final int MOST_FAILURE = 16 << 10;

  /** Called on the control context, in this order; not after {@link #cancel}. */
  public interface Listener {
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

  /** Between two wake-ups of the control context by a watch that is busy. */
  private static final Duration PAUSE = Duration.ofMillis(300);

  private final AnswerReader reader;
  private final ApiThreads threads;
  private final Executor control;
  private final Listener listener;
  private final Telling telling;
  private final ReadPace pace = new ReadPace();
  private final ByteArrayOutputStream refusal = new ByteArrayOutputStream();
  private volatile boolean cancelled;
  private volatile boolean received;
  private volatile @Nullable AsyncBody body;

  /** Set before the first byte of the body is asked for. */
  private volatile boolean good;

  /** Null = the body is as it is; set before the first byte of it is asked for. */
  private volatile @Nullable Gunzip packed;

  ApiCall(AnswerReader reader, ApiThreads threads, Executor control, Listener listener) {
    this.reader = reader;
    this.threads = threads;
    this.control = control;
    this.listener = listener;
    this.telling =
        new Telling(
            reader.isWatch() ? PAUSE : Duration.ZERO, threads, this::onControl, listener::told);
  }

  /** May block for a moment: files with secrets are read. */
  void send(HttpClient http, HttpRequest request, ApiJson json) {
    try {
      http.consumeBytes(request, this::bytes)
          .whenComplete(
              (response, failure) -> {
                if (failure != null) {
                  end(ApiFailure.withoutAnswer(FailureReasons.of(failure)));
                } else {
                  answer(response, json);
                }
              });
    } catch (RuntimeException failure) {
      end(ApiFailure.withoutAnswer(FailureReasons.of(failure)));
    }
  }

  private void answer(HttpResponse<AsyncBody> response, ApiJson json) {
    AsyncBody content = response.body();
    body = content;
    good = response.isSuccessful();
    packed = "gzip".equalsIgnoreCase(response.header("Content-Encoding")) ? new Gunzip() : null;
    if (good) {
      onControl(listener::answered);
    }
    content
        .done()
        .whenComplete(
            (nothing, broken) -> {
              if (!good) {
                end(refused(response, json));
              } else if (broken != null) {
                end(ApiFailure.withoutAnswer(FailureReasons.of(broken)));
              } else {
                whole();
              }
              Gunzip unpacked = packed;
              if (unpacked != null) {
                unpacked.close();
              }
            });
    if (cancelled) {
      content.cancel();
    } else {
      content.consume();
    }
  }

  private void bytes(List<ByteBuffer> buffers, AsyncBody content) throws IOException {
    if (good) { // a refusal without an end is none the less one
      received = true;
    }
    Gunzip unpacker = packed;
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      if (unpacker == null) {
        take(bytes, 0, bytes.length);
      } else {
        unpacker.read(bytes, 0, bytes.length, this::take);
      }
    }
    if (refusal.size() >= MOST_FAILURE) {
      content.cancel();
    } else if (telling.isFull()) {
      // Not there: what has come already would be parsed on the control context.
      telling.thenOnControl(() -> threads.after(Duration.ZERO, content::consume));
    } else if (reader.isWatch() && pace.rests(System.nanoTime())) {
      threads.after(ReadPace.REST, content::consume);
    } else {
      content.consume();
    }
  }

  private void take(byte[] bytes, int offset, int length) throws IOException {
    if (good) {
      telling.add(reader.read(bytes, offset, length));
    } else {
      refusal.write(bytes, offset, Math.min(length, MOST_FAILURE - refusal.size()));
    }
  }

  private void whole() {
    try {
      Gunzip unpacker = packed;
      if (unpacker != null) {
        unpacker.end();
      }
      telling.add(reader.end());
      end(null);
    } catch (IOException broken) {
      end(ApiFailure.withoutAnswer(FailureReasons.of(broken)));
    }
  }

  private ApiFailure refused(HttpResponse<?> response, ApiJson json) {
    String words = "";
    byte[] bytes = refusal.toByteArray();
    try (JsonParser parser = json.parser(bytes, 0, bytes.length)) {
      words = parser.nextToken() == null ? "" : ApiStatus.read(parser).message();
    } catch (IOException noStatus) {
      words = "";
    }
    return new ApiFailure(
        response.code(), words, RetryAfter.of(response.header("Retry-After"), Instant.now()));
  }

  private void end(@Nullable ApiFailure failure) {
    telling.thenOnControl(() -> listener.ended(failure));
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
  public boolean received() {
    boolean any = received;
    received = false;
    return any;
  }

  /** Whether the head of a good answer has come. */
  public boolean isAnswered() {
    return good;
  }

  /** The connection of an answer that has not ended is closed. */
  public void cancel() {
    cancelled = true;
    AsyncBody content = body;
    if (content != null) {
      content.cancel();
    }
  }
}
