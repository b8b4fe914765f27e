package dev.stoker.scrape;

import dev.stoker.concurrent.Deadline;
import dev.stoker.http.HttpSettings;
import dev.stoker.http.Origins;
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

/**
 * One fetch: connect, redirects, head, body, each able to end it. Waits for memory before its
 * request and between pieces of the body, which its deadline does not count. Control context only.
 */
final class HttpFetch implements Scraper.InFlight {
  private static final int MAX_REDIRECTS = 10;

  /** What is read of the body of an error answer, for the error text. */
  private static final int ERROR_PREVIEW = 4 << 10;

  private final WatchedClient client;
  private final BodyBudget budget;
  private final String userAgent;
  private final HttpSettings settings;
  private final Target target;
  private final BodyBudget.Share share;
  private final Deadline deadline;
  private final Promise<ScrapeResult> promise = Promise.promise();
  private @Nullable HttpClientRequest request;
  private URI at;
  private int redirects;
  private String stage = "connecting";
  private boolean done;

  HttpFetch(HttpScraper.Tools tools, HttpSettings settings, Target target) {
    this.settings = settings;
    this.client = tools.client();
    this.budget = tools.budget();
    this.userAgent = tools.userAgent();
    this.target = target;
    this.at = target.url();
    this.share = budget.open(target.key(), why -> fail(Outcome.MEMORY, why));
    this.deadline =
        new Deadline(tools.timers(), target.plan().deadlineMillis(), this::deadlinePassed);
  }

  /** Sends its request when there is memory for an answer. */
  void start() {
    grow(0, () -> start(target.url()));
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
    share.close();
  }

  @Override
  public void nextTick() {
    if (!done && share.isWaiting()) {
      fail(Outcome.MEMORY, share.giveUp());
    }
  }

  @Override
  public long waitedNanos() {
    return share.waitedNanos();
  }

  private void deadlinePassed() {
    fail(Outcome.TIMEOUT, FetchErrors.deadline(target, stage));
  }

  private void start(URI url) {
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
    return Origins.same(at, target.url());
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
    if (request == failed && share.isWaiting()) {
      fail(Outcome.MEMORY, "the target ended the connection meanwhile: " + share.giveUp());
    } else if (request == failed) {
      fail(
          Outcome.UNREACHABLE, FetchErrors.broken(target, stage, cause) + settings.hint(at, cause));
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
    URI next = Origins.redirect(at, location);
    if (next == null) {
      fail(Outcome.HTTP, FetchErrors.badRedirect(location));
      return;
    }
    drop();
    stage = "following a redirect";
    start(next);
  }

  private void readBody(HttpClientResponse response) {
    String coding = FetchErrors.coding(response.getHeader(HttpHeaders.CONTENT_ENCODING));
    if (!coding.isEmpty()) {
      fail(Outcome.MALFORMED, coding);
      return;
    }
    long configured = target.plan().maxBodySize();
    long limit = Math.min(configured == 0 ? Long.MAX_VALUE : configured, budget.capacity());
    long length = contentLength(response);
    if (length > limit) {
      fail(Outcome.TOO_LARGE, FetchErrors.tooLarge(length, configured, limit));
      return;
    }
    stage = "reading the body";
    BodyCollector collector = new BodyCollector(length);
    response.handler(buffer -> chunk(response, collector, buffer));
    response.endHandler(
        ignored ->
            complete(new ScrapeResult.Fetched(body(collector), response.getHeader("Refresh"))));
  }

  private byte[] body(BodyCollector collector) {
    byte[] body = collector.body();
    share.complete();
    if (!done) {
      share.shrink(share.held() - body.length);
    }
    return body;
  }

  private void chunk(HttpClientResponse response, BodyCollector collector, Buffer buffer) {
    if (done) {
      return;
    }
    long configured = target.plan().maxBodySize();
    long limit = Math.min(configured == 0 ? Long.MAX_VALUE : configured, budget.capacity());
    if (collector.size() + (long) buffer.length() > limit) {
      fail(Outcome.TOO_LARGE, FetchErrors.tooLarge(-1, configured, limit));
      return;
    }
    share.arrived(buffer.length());
    long more = Math.min(collector.missing(buffer.length()), limit - share.held());
    if (more <= 0) {
      collector.add(buffer);
      return;
    }
    response.pause();
    grow(
        more,
        () -> {
          collector.grow(more);
          collector.add(buffer);
          response.resume();
        });
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

  /** Waiting for memory is not the target's time. */
  private void grow(long bytes, Runnable granted) {
    String doing = stage;
    share.grow(
        bytes,
        () -> {
          stage = doing;
          if (!done) {
            deadline.resume();
            granted.run();
          }
        });
    if (!done && share.isWaiting()) {
      stage = "waiting for memory";
      deadline.pause();
    }
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
    deadline.pause();
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
