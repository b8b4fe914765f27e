package dev.stoker.scrape;

import dev.stoker.http.HttpSettings;
import dev.stoker.http.WatchedClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One fetch: connect, redirects, head, body, each able to end it. Control context only. */
final class HttpFetch implements Scraper.InFlight {
  private static final int MAX_REDIRECTS = 10;

  /** What is read of the body of an error answer, for the error text. */
  private static final int ERROR_PREVIEW = 4 << 10;

  private final WatchedClient client;
  private final ByteBudget budget;
  private final String userAgent;
  private final HttpSettings settings;
  private final Target target;
  private final Promise<ScrapeResult> promise = Promise.promise();
  private @Nullable HttpClientRequest request;
  private URI at;
  private long reserved;
  private int redirects;
  private String stage = "connecting";
  private boolean done;

  HttpFetch(
      WatchedClient client,
      ByteBudget budget,
      String userAgent,
      HttpSettings settings,
      Target target) {
    this.settings = settings;
    this.client = client;
    this.budget = budget;
    this.userAgent = userAgent;
    this.target = target;
    this.at = target.url();
  }

  @Override
  public Future<ScrapeResult> result() {
    return promise.future();
  }

  @Override
  public void cancel() {
    fail(Outcome.CANCELLED, "stopped while running");
  }

  @Override
  public void release() {
    long bytes = reserved;
    reserved = 0;
    budget.give(bytes);
  }

  void deadlinePassed() {
    fail(Outcome.TIMEOUT, FetchErrors.deadline(target, stage));
  }

  void start(URI url) {
    at = url;
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(url.toString())
            .putHeader(HttpHeaders.USER_AGENT, userAgent)
            .setConnectTimeout(target.plan().deadlineMillis());
    settings
        .request(client, options, url, isTheTarget())
        .onSuccess(this::send)
        .onFailure(cause -> fail(Outcome.UNREACHABLE, settings.reason(url, cause)));
  }

  private boolean isTheTarget() {
    return HttpSettings.sameOrigin(at, target.url());
  }

  private void send(HttpClientRequest opened) {
    if (done) {
      opened.reset();
      return;
    }
    request = opened;
    stage = "waiting for an answer";
    opened.exceptionHandler(cause -> broken(opened, cause));
    opened
        .send()
        .onSuccess(response -> answered(opened, response))
        .onFailure(cause -> broken(opened, cause));
  }

  /** A request that we dropped ourselves fails too, which is no news. */
  private void broken(HttpClientRequest failed, Throwable cause) {
    if (request == failed) {
      fail(Outcome.UNREACHABLE, FetchErrors.broken(stage, cause) + settings.hint(at, cause));
    }
  }

  private void answered(HttpClientRequest asked, HttpClientResponse response) {
    if (request != asked) {
      return;
    }
    settings.answered(response.statusCode(), isTheTarget());
    response.exceptionHandler(cause -> broken(asked, cause));
    int status = response.statusCode();
    String location = response.getHeader(HttpHeaders.LOCATION);
    if (status >= 200 && status < 300) {
      readBody(response);
    } else if (status >= 300 && status < 400 && location != null) {
      if (settings.followRedirects()) {
        redirect(location);
      } else {
        fail(Outcome.HTTP, FetchErrors.redirectRefused(status, location));
      }
    } else {
      readError(response);
    }
  }

  private void redirect(String location) {
    if (++redirects > MAX_REDIRECTS) {
      fail(Outcome.HTTP, FetchErrors.redirectLoop(MAX_REDIRECTS, location));
      return;
    }
    URI next = HttpSettings.redirect(at, location);
    if (next == null) {
      fail(Outcome.HTTP, FetchErrors.badRedirect(location));
      return;
    }
    drop();
    stage = "following a redirect";
    start(next);
  }

  private void readBody(HttpClientResponse response) {
    long limit = target.plan().maxBodySize() == 0 ? Integer.MAX_VALUE : target.plan().maxBodySize();
    long length = contentLength(response);
    if (length > limit) {
      fail(Outcome.TOO_LARGE, FetchErrors.tooLarge(length, limit));
      return;
    }
    stage = "reading the body";
    response.pause();
    reserve(
        length < 0 ? BodyCollector.CHUNK : length,
        () -> {
          BodyCollector collector = new BodyCollector(length);
          response.handler(buffer -> chunk(response, collector, buffer, limit));
          response.endHandler(
              ignored ->
                  complete(
                      new ScrapeResult.Fetched(collector.body(), response.getHeader("Refresh"))));
          response.resume();
        });
  }

  private void chunk(
      HttpClientResponse response, BodyCollector collector, Buffer buffer, long limit) {
    if (done) {
      return;
    }
    if (collector.size() + (long) buffer.length() > limit) {
      fail(Outcome.TOO_LARGE, FetchErrors.tooLarge(-1, limit));
      return;
    }
    collector.add(buffer);
    if (collector.size() > reserved) {
      response.pause();
      reserve(Math.max(collector.size() - reserved, BodyCollector.CHUNK), response::resume);
    }
  }

  private void readError(HttpClientResponse response) {
    BodyCollector preview = new BodyCollector(-1);
    Runnable finish =
        () -> {
          FetchErrors.Verdict verdict =
              FetchErrors.status(target, response.statusCode(), redacted(preview.body()));
          fail(verdict.outcome(), verdict.message());
        };
    response.handler(
        buffer -> {
          preview.add(buffer.slice(0, Math.min(buffer.length(), ERROR_PREVIEW)));
          if (preview.size() >= ERROR_PREVIEW) {
            finish.run();
          }
        });
    response.endHandler(ignored -> finish.run());
  }

  private byte[] redacted(byte[] body) {
    return settings
        .redact(new String(body, StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The grant may come after the fetch has ended; then it goes straight back. */
  private void reserve(long bytes, Runnable granted) {
    budget.take(
        bytes,
        () -> {
          if (done) {
            budget.give(bytes);
          } else {
            reserved += bytes;
            granted.run();
          }
        });
  }

  private void fail(Outcome outcome, String message) {
    drop();
    complete(new ScrapeResult.Failed(outcome, message));
  }

  /** Ends the request; its connection is closed unless the answer was read to its end. */
  private void drop() {
    HttpClientRequest current = request;
    request = null;
    if (current != null) {
      current.reset();
    }
  }

  private void complete(ScrapeResult result) {
    if (done) {
      return;
    }
    done = true;
    if (result instanceof ScrapeResult.Failed) {
      release();
    }
    promise.complete(result);
  }

  private static long contentLength(HttpClientResponse response) {
    String header = response.getHeader(HttpHeaders.CONTENT_LENGTH);
    return header == null || !header.matches("[0-9]{1,18}") ? -1 : Long.parseLong(header);
  }
}
