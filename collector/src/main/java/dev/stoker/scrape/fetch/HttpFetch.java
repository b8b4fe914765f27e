package dev.stoker.scrape.fetch;

import dev.stoker.concurrent.Deadline;
import dev.stoker.http.client.ClientAccess;
import dev.stoker.http.client.ExchangeException;
import dev.stoker.http.client.HttpExchange;
import dev.stoker.http.client.HttpExchange.Head;
import dev.stoker.http.connection.WatchedClient;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One fetch: an HTTP exchange that its head or any part of its body can end. The fetch waits for
 * memory before its request and between pieces of the body; its deadline does not count these
 * waits. Owned by the control context.
 */
final class HttpFetch implements Scraper.InFlight, HttpExchange.Receiver {
  /** Bytes of an error's body that are read for the message. */
  private static final int ERROR_PREVIEW = 4 << 10;

  private final WatchedClient client;
  private final BodyBudget budget;
  private final String userAgent;
  private final ClientAccess settings;
  private final Target target;
  private final BodyShare share;
  private final Deadline deadline;
  private final Promise<ScrapeResult> promise = Promise.promise();
  private @Nullable HttpExchange exchange;

  /** Collects the body, or the beginning of an error's body. */
  private BodyCollector collector = new BodyCollector(-1);

  private boolean refused;
  private boolean done;

  HttpFetch(HttpScraper.Tools tools, ClientAccess settings, Target target) {
    this.settings = settings;
    this.client = tools.client();
    this.budget = tools.budget();
    this.userAgent = tools.userAgent();
    this.target = target;
    this.share = budget.open(target.key(), why -> fail(Outcome.MEMORY, why));
    this.deadline =
        new Deadline(tools.timers(), target.plan().deadlineMillis(), this::deadlinePassed);
  }

  /** Sends its request when there is memory for an answer. */
  void start() {
    grow(0, this::ask);
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
    fail(Outcome.TIMEOUT, FetchErrors.deadline(target, stage()));
  }

  private void ask() {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .putHeader(HttpHeaders.USER_AGENT, userAgent)
            .setConnectTimeout(target.plan().deadlineMillis());
    if (!target.socket().isEmpty()) {
      options.setServer(SocketAddress.domainSocketAddress(target.socket()));
    }
    HttpExchange.Request request = new HttpExchange.Request(target.url(), options, null, true, 0);
    HttpExchange started = HttpExchange.start(client, settings, request, this);
    exchange = started;
    started.result().onSuccess(this::whole).onFailure(this::failed);
  }

  /** Describes for users what the fetch is doing. */
  private String stage() {
    HttpExchange current = exchange;
    return switch (current == null ? HttpExchange.Stage.CONNECTING : current.stage()) {
      case CONNECTING -> "connecting";
      case REDIRECTED -> "following a redirect";
      case WAITING -> "waiting for an answer";
      case READING -> refused ? "waiting for an answer" : "reading the body";
    };
  }

  private void failed(Throwable why) {
    if (done) {
      return;
    }
    if (!(why instanceof ExchangeException failure)) {
      fail(Outcome.UNREACHABLE, "internal error: " + why);
      return;
    }
    switch (failure.kind()) {
      case UNREACHABLE ->
          fail(
              Outcome.UNREACHABLE,
              FetchErrors.unreachable(
                  target.socket(),
                  failure.reason(),
                  settings.reason(failure.url(), failure.reason())));
      case BROKEN -> broken(failure);
      case REDIRECT_LOOP ->
          fail(
              Outcome.HTTP,
              FetchErrors.redirectLoop(HttpExchange.maxRedirects(), failure.location()));
      case BAD_REDIRECT -> fail(Outcome.HTTP, FetchErrors.badRedirect(failure.location()));
      case TIMEOUT, STOPPED -> deadlinePassed();
    }
  }

  private void broken(ExchangeException failure) {
    if (share.isWaiting()) {
      fail(Outcome.MEMORY, "the target ended the connection meanwhile: " + share.giveUp());
    } else {
      Throwable cause = failure.reason();
      fail(
          Outcome.UNREACHABLE,
          FetchErrors.broken(target, stage(), cause) + settings.hint(failure.url(), cause));
    }
  }

  @Override
  public void head(HttpExchange from, Head head) {
    String location = head.headers().get(HttpHeaders.LOCATION);
    if (head.ok()) {
      begin(head);
    } else if (head.status() >= 300 && head.status() < 400 && location != null) {
      fail(Outcome.HTTP, FetchErrors.redirectRefused(head.status(), location));
    } else {
      refused = true;
    }
  }

  private void begin(Head head) {
    String coding = FetchErrors.coding(head.headers().get(HttpHeaders.CONTENT_ENCODING));
    long length = contentLength(head);
    if (!coding.isEmpty()) {
      fail(Outcome.MALFORMED, coding);
    } else if (length > limit()) {
      fail(Outcome.TOO_LARGE, tooLarge(length));
    } else {
      collector = new BodyCollector(length);
    }
  }

  private long limit() {
    long configured = target.plan().maxBodySize();
    return Math.min(configured == 0 ? Long.MAX_VALUE : configured, budget.capacity());
  }

  private String tooLarge(long length) {
    return FetchErrors.tooLarge(length, target.plan().maxBodySize(), limit());
  }

  @Override
  public Future<Void> data(HttpExchange from, Buffer buffer) {
    if (refused) {
      collector.add(buffer.slice(0, Math.min(buffer.length(), ERROR_PREVIEW)));
      if (collector.size() >= ERROR_PREVIEW) {
        from.enough();
      }
      return Future.succeededFuture();
    }
    if (collector.size() + (long) buffer.length() > limit()) {
      fail(Outcome.TOO_LARGE, tooLarge(-1));
      return Future.succeededFuture();
    }
    share.arrived(buffer.length());
    long more = Math.min(collector.missing(buffer.length()), limit() - share.held());
    if (more <= 0) {
      collector.add(buffer);
      return Future.succeededFuture();
    }
    Promise<Void> taken = Promise.promise();
    grow(
        more,
        () -> {
          collector.grow(more);
          collector.add(buffer);
          taken.complete();
        });
    return taken.future();
  }

  private void whole(Head head) {
    if (done) {
      return;
    }
    if (head.ok()) {
      complete(new ScrapeResult.Fetched(body(), head.headers().get("Refresh")));
    } else {
      FetchErrors.Verdict verdict =
          FetchErrors.status(target, head.status(), redacted(collector.body()));
      fail(verdict.outcome(), verdict.message());
    }
  }

  private byte[] body() {
    byte[] body = collector.body();
    collector = new BodyCollector(-1); // the body is the receiver's alone, see Fetched.take
    share.complete();
    share.shrink(share.held() - body.length);
    return body;
  }

  private byte[] redacted(byte[] body) {
    return settings
        .redact(new String(body, StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Takes memory. The deadline stands still while the fetch waits for it, because this is not the
   * target's fault.
   */
  private void grow(long bytes, Runnable granted) {
    share.grow(
        bytes,
        () -> {
          if (!done) {
            deadline.resume();
            granted.run();
          }
        });
    if (!done && share.isWaiting()) {
      deadline.pause();
    }
  }

  private void fail(Outcome outcome, String message) {
    complete(new ScrapeResult.Failed(outcome, message));
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
    if (exchange != null) {
      exchange.stop();
    }
    promise.complete(result);
  }

  private static long contentLength(Head head) {
    String header = head.header(HttpHeaders.CONTENT_LENGTH);
    return !header.matches("[0-9]{1,18}") ? -1 : Long.parseLong(header);
  }
}
