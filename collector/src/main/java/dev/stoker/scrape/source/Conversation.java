package dev.stoker.scrape.source;

import dev.stoker.concurrent.Deadline;
import dev.stoker.concurrent.Timers;
import dev.stoker.scrape.fetch.BodyBudget;
import dev.stoker.scrape.fetch.BodyShare;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A scrape of several steps. All steps share one deadline, one step at a time runs and can be cut,
 * and the memory is given back however it ends. The deadline does not count waits for memory. Owned
 * by the control context.
 */
public final class Conversation implements Scraper.InFlight {
  private final Timers timers;
  private final BodyShare share;
  private final Promise<ScrapeResult> promise = Promise.promise();
  private final Deadline deadline;
  private final long millis;
  private Runnable cut = () -> {};
  private Scraper.@Nullable InFlight inner;
  private String stage = "connecting";

  public Conversation(Target target, Timers timers, BodyBudget budget) {
    this.timers = timers;
    this.share = budget.open(target.key(), why -> fail(new CallFailed(Outcome.MEMORY, why)));
    this.millis = target.plan().deadlineMillis();
    this.deadline =
        new Deadline(timers, millis, () -> fail(new CallFailed(Outcome.TIMEOUT, passed())));
    promise.future().onComplete(ignored -> deadline.pause());
  }

  @Override
  public Future<ScrapeResult> result() {
    return promise.future();
  }

  @Override
  public void cancel() {
    fail(new CallFailed(Outcome.CANCELLED, "stopped while running"));
  }

  @Override
  public void release() {
    share.close();
    if (inner != null) {
      inner.release();
    }
  }

  @Override
  public void nextTick() {
    if (inner != null) {
      inner.nextTick();
    } else if (!isOver() && share.isWaiting()) {
      fail(new CallFailed(Outcome.MEMORY, share.giveUp()));
    }
  }

  @Override
  public long waitedNanos() {
    return share.waitedNanos() + (inner == null ? 0 : inner.waitedNanos());
  }

  public boolean isOver() {
    return promise.future().isComplete();
  }

  /** Sends a request as the step that runs now; it is cut when the conversation ends. */
  public Future<TargetCalls.Answer> step(String doing, Call call) {
    stage = doing;
    if (isOver()) {
      call.cancel();
    }
    cut = call::cancel;
    call.within(this);
    return call.answer();
  }

  /**
   * Another scrape as the last step: its result is that of the conversation.
   *
   * @param start gets what is left of the deadline, which is the other's from now on
   */
  public Future<ScrapeResult> step(String doing, LongFunction<Scraper.InFlight> start) {
    stage = doing;
    if (isOver()) {
      return Future.succeededFuture(new ScrapeResult.Failed(Outcome.CANCELLED, "stopped"));
    }
    long left = deadline.leftMillis();
    deadline.pause();
    Scraper.InFlight fetch = start.apply(left);
    cut = fetch::cancel;
    inner = fetch;
    return fetch
        .result()
        .map(
            result ->
                result instanceof ScrapeResult.Failed failed && failed.outcome() == Outcome.TIMEOUT
                    ? new ScrapeResult.Failed(Outcome.TIMEOUT, passed())
                    : result);
  }

  private String passed() {
    return "deadline of "
        + millis
        + " ms passed while "
        + stage
        + "; raise scrape_timeout if the target is just slow";
  }

  /** Lets time pass; the future fails when the conversation ends before. */
  public Future<Void> pause(String doing, long millis) {
    stage = doing;
    Promise<Void> passed = Promise.promise();
    Timers.Cancellable timer = timers.after(millis, passed::tryComplete);
    cut =
        () -> {
          timer.cancel();
          passed.tryFail(new CallFailed(Outcome.CANCELLED, "stopped while " + doing));
        };
    if (isOver()) {
      cut.run();
    }
    return passed.future();
  }

  /**
   * Sees to it that so many bytes may be held; they are given back at {@link #release}. They are
   * there at once when the future is complete already.
   */
  public Future<Void> hold(long bytes) {
    long more = bytes - share.held();
    if (isOver()) {
      return Future.failedFuture(new CallFailed(Outcome.CANCELLED, "stopped while running"));
    }
    if (more <= 0) {
      return Future.succeededFuture();
    }
    String doing = stage;
    Promise<Void> granted = Promise.promise();
    share.grow(
        more,
        () -> {
          stage = doing;
          if (isOver()) {
            granted.tryFail(new CallFailed(Outcome.CANCELLED, "stopped while running"));
          } else {
            deadline.resume();
            granted.tryComplete();
          }
        });
    if (share.isWaiting()) {
      stage = "waiting for memory";
      deadline.pause();
    }
    return granted.future();
  }

  /** Notes bytes that the target has sent. */
  public void arrived(long bytes) {
    share.arrived(bytes);
  }

  public void succeed(byte[] body) {
    share.complete();
    promise.tryComplete(new ScrapeResult.Fetched(body));
  }

  public void end(ScrapeResult result) {
    if (promise.tryComplete(result) && result instanceof ScrapeResult.Failed) {
      release();
    }
  }

  /**
   * @param cause a {@link CallFailed}, or a bug
   */
  public void fail(Throwable cause) {
    if (isOver()) {
      return;
    }
    boolean expected = cause instanceof CallFailed;
    promise.complete(
        new ScrapeResult.Failed(
            expected ? ((CallFailed) cause).outcome() : Outcome.MALFORMED,
            expected ? String.valueOf(cause.getMessage()) : "internal error: " + cause));
    cut.run();
    release();
  }
}
