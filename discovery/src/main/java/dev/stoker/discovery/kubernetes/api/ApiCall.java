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
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
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

  /** Between two looks into a watch where something happens all the time. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** How long a look lasts: what has come in meanwhile is there at once. */
  private static final long LOOK_NANOS = 10_000_000;

  private final AnswerReader reader;
  private final ApiThreads threads;
  private final Executor control;
  private final Listener listener;
  private final Queue<Told> told = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean telling = new AtomicBoolean();
  private volatile long lookEnds = System.nanoTime();
  private final ByteArrayOutputStream refusal = new ByteArrayOutputStream();
  private volatile boolean cancelled;
  private volatile boolean received;
  private volatile @Nullable AsyncBody body;

  /** Set before the first byte of the body is asked for. */
  private volatile boolean good;

  ApiCall(AnswerReader reader, ApiThreads threads, Executor control, Listener listener) {
    this.reader = reader;
    this.threads = threads;
    this.control = control;
    this.listener = listener;
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
    boolean any = false;
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      if (good) {
        any |= told.addAll(reader.read(bytes, 0, bytes.length));
      } else {
        refusal.write(bytes, 0, Math.min(bytes.length, MOST_FAILURE - refusal.size()));
      }
    }
    if (refusal.size() >= MOST_FAILURE) {
      content.cancel();
      return;
    }
    if (!any) {
      content.consume();
    } else if (reader.isWatch() && System.nanoTime() < lookEnds) {
      tell();
      content.consume();
    } else {
      tell();
      onControl(() -> goOn(content));
    }
  }

  /**
   * The control context has taken all so far. Of a list it takes the next piece at once. In a watch
   * that is busy, changes are collected for a moment: a wake-up for each would cost more than they
   * do.
   */
  private void goOn(AsyncBody content) {
    if (!reader.isWatch()) {
      // Not here: what has come already would be parsed on the control context.
      threads.after(Duration.ZERO, content::consume);
      return;
    }
    threads.after(
        PAUSE,
        () -> {
          lookEnds = System.nanoTime() + LOOK_NANOS;
          content.consume();
        });
  }

  private void tell() {
    if (telling.compareAndSet(false, true)) {
      onControl(this::taken);
    }
  }

  private void taken() {
    telling.set(false);
    List<Told> all = new ArrayList<>();
    for (Told one; (one = told.poll()) != null; ) {
      all.add(one);
    }
    if (!all.isEmpty()) {
      listener.told(all);
    }
  }

  private void whole() {
    try {
      told.addAll(reader.end());
      tell();
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
