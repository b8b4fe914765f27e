package dev.stoker.scrape.source.prof;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.address.Origins;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches one profile by requests one after the other, under one deadline. Owned by the control
 * context.
 */
final class ProfFetch implements Scraper.InFlight {
  /**
   * A Refresh header as in HTML pages: <code>14;/prof-output/x</code> or <code>14;
   * url=/prof-output/x</code>.
   */
  private static final Pattern REFRESH =
      Pattern.compile(
          "\\s*([0-9]{1,6})(?:\\.[0-9]+)?\\s*[;,]\\s*(?:url\\s*=\\s*)?[\"']?([^\"'\\s]+)[\"']?\\s*",
          Pattern.CASE_INSENSITIVE);

  /** A server that says 0 is asked no more often. */
  private static final long SHORTEST_PAUSE_MILLIS = 250;

  private static final int SHOWN = 120;

  private final Target target;
  private final Scraper http;
  private final Timers timers;
  private long endNanos;
  private long waitedNanos;
  private final Promise<ScrapeResult> promise = Promise.promise();
  private Timers.Cancellable timer = () -> {};
  private Scraper.@Nullable InFlight request;

  ProfFetch(Target target, Scraper http, Timers timers) {
    this.target = target;
    this.http = http;
    this.timers = timers;
    this.endNanos = timers.nanoTime() + target.plan().deadlineMillis() * 1_000_000;
  }

  void start() {
    ask(target.url());
  }

  private void ask(URI url) {
    Scraper.InFlight started = http.scrape(at(url, leftMillis()));
    request = started;
    started.result().onSuccess(result -> answered(url, started, result));
  }

  private void answered(URI url, Scraper.InFlight from, ScrapeResult result) {
    waitedNanos += from.waitedNanos();
    endNanos += from.waitedNanos();
    if (promise.future().isComplete()) {
      from.release();
      return;
    }
    if (result instanceof ScrapeResult.Fetched fetched && fetched.refresh() != null) {
      from.release();
      later(url, fetched.refresh());
    } else {
      promise.complete(result);
    }
  }

  private void later(URI url, String refresh) {
    Matcher matcher = REFRESH.matcher(refresh);
    URI next = matcher.matches() ? Origins.redirect(url, matcher.group(2)) : null;
    if (next == null) {
      fail(Outcome.HTTP, "cannot read the header Refresh: " + shown(refresh));
    } else if (!Origins.same(next, target.url())) {
      fail(
          Outcome.HTTP,
          "the header Refresh leads to another server, which is not asked: " + shown(refresh));
    } else {
      long pause = Math.max(SHORTEST_PAUSE_MILLIS, Long.parseLong(matcher.group(1)) * 1_000);
      if (pause >= leftMillis()) {
        fail(
            Outcome.TIMEOUT,
            "the profile is not there yet, and the next look (Refresh: "
                + shown(refresh)
                + ") would come after the deadline of "
                + target.plan().deadlineMillis()
                + " ms (duration="
                + target.plan().seconds()
                + " plus scrape_timeout); raise scrape_timeout if the profiler is just slow");
      } else {
        timer = timers.after(pause, () -> ask(next));
      }
    }
  }

  private long leftMillis() {
    return Math.max(1, (endNanos - timers.nanoTime()) / 1_000_000);
  }

  private Target at(URI url, long deadlineMillis) {
    Target.Plan plan = target.plan();
    return new Target(
        target.key(),
        url,
        target.type(),
        target.labels(),
        target.discoveredLabels(),
        target.process(),
        new Target.Plan(
            plan.intervalMillis(),
            plan.seconds(),
            deadlineMillis,
            plan.maxBodySize(),
            plan.maxInflatedSize()),
        target.delta());
  }

  private static String shown(String header) {
    return header.length() > SHOWN ? header.substring(0, SHOWN) + "…" : header;
  }

  private void fail(Outcome outcome, String message) {
    promise.tryComplete(new ScrapeResult.Failed(outcome, message));
  }

  @Override
  public Future<ScrapeResult> result() {
    return promise.future();
  }

  /**
   * Ends the fetch. The profiler in the target runs to its end: there is no request that would stop
   * it.
   */
  @Override
  public void cancel() {
    timer.cancel();
    fail(Outcome.CANCELLED, "stopped while running");
    if (request != null) {
      request.cancel();
    }
  }

  @Override
  public void nextTick() {
    if (request != null) {
      request.nextTick();
    }
  }

  @Override
  public long waitedNanos() {
    return waitedNanos;
  }

  @Override
  public void release() {
    if (request != null) {
      request.release();
    }
  }
}
