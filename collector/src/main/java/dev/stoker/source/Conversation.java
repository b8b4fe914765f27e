package dev.stoker.source;

import dev.stoker.concurrent.Timers;
import dev.stoker.scrape.ByteBudget;
import dev.stoker.scrape.Outcome;
import dev.stoker.scrape.ScrapeResult;
import dev.stoker.scrape.Scraper;
import dev.stoker.scrape.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * A scrape of several steps: one deadline over all, one thing at a time that can be cut, bytes that
 * are given back whatever happens. Control context only.
 */
public final class Conversation implements Scraper.InFlight {
  private final Timers timers;
  private final ByteBudget budget;
  private final Promise<ScrapeResult> promise = Promise.promise();
  private final Timers.Cancellable deadline;
  private Runnable cut = () -> {};
  private Runnable releaseInner = () -> {};
  private String stage = "connecting";
  private long reserved;

  public Conversation(Target target, Timers timers, ByteBudget budget) {
    this.timers = timers;
    this.budget = budget;
    long millis = target.plan().deadlineMillis();
    this.deadline =
        timers.after(
            millis,
            () ->
                fail(
                    new CallFailed(
                        Outcome.TIMEOUT,
                        "deadline of "
                            + millis
                            + " ms passed while "
                            + stage
                            + "; raise scrape_timeout if the target is just slow")));
    promise.future().onComplete(ignored -> deadline.cancel());
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
    long bytes = reserved;
    reserved = 0;
    budget.give(bytes);
    releaseInner.run();
  }

  public boolean isOver() {
    return promise.future().isComplete();
  }

  /** A request as the step that runs now: it is cut when the conversation ends. */
  public Future<TargetCalls.Answer> step(String doing, Call call) {
    stage = doing;
    if (isOver()) {
      call.cancel();
    }
    cut = call::cancel;
    return call.answer();
  }

  /** Another scrape as the last step: its result is that of the conversation. */
  public Future<ScrapeResult> step(String doing, Scraper.InFlight fetch) {
    stage = doing;
    if (isOver()) {
      fetch.cancel();
    }
    cut = fetch::cancel;
    releaseInner = fetch::release;
    return fetch.result();
  }

  /** Lets time pass; fails when the conversation ends before. */
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

  /** Bytes for what is to be held; they are given back at {@link #release}. */
  public Future<Void> reserve(long bytes) {
    stage = "waiting for memory";
    Promise<Void> granted = Promise.promise();
    budget.take(
        bytes,
        () -> {
          if (isOver()) {
            budget.give(bytes);
            granted.tryFail(new CallFailed(Outcome.CANCELLED, "stopped while running"));
          } else {
            reserved += bytes;
            granted.tryComplete();
          }
        });
    return granted.future();
  }

  public void succeed(byte[] body) {
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
