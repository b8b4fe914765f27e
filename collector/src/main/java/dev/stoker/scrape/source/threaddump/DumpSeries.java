package dev.stoker.scrape.source.threaddump;

import dev.stoker.concurrent.Timers;
import dev.stoker.jvm.text.ThreadDumps;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.delta.BaselineBudget;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.target.Source;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The dumps of one interval, never two at once. Each stands for the time until the next one is due,
 * so that together they stand for the interval. A dump that fails ends the series: the profile is
 * made of the dumps before it, and if there are none, the failure is the result. On the control
 * context.
 */
final class DumpSeries implements Scraper.InFlight {
  private static final long SHORTEST_SPACING = 50_000_000;

  private final Target target;
  private final Source.ThreadDump source;
  private final ThreadDumpScraper.Tools tools;
  private final BiConsumer<Target, @Nullable CoolDown> coolDowns;
  private final ThreadDumps dumps;
  private final BaselineBudget.Lease memory;
  private final Promise<ScrapeResult> promise = Promise.promise();
  private final long startMillis;
  private final long startNanos;
  private final long endNanos;
  private final long spacing;

  /**
   * Begin of the time that the running dump stands for; the first dump's time begins with the
   * series.
   */
  private long dueNanos;

  private long askedNanos;
  private Timers.Cancellable timer = () -> {};
  private Scraper.@Nullable InFlight request;

  /**
   * @param coolDowns is told how long the target is to be left alone
   */
  DumpSeries(
      Target target,
      Source.ThreadDump source,
      ThreadDumpScraper.Tools tools,
      ThreadDumps dumps,
      BiConsumer<Target, @Nullable CoolDown> coolDowns) {
    this.target = target;
    this.source = source;
    this.tools = tools;
    this.coolDowns = coolDowns;
    this.dumps = dumps;
    this.memory = tools.memory().lease();
    promise.future().onComplete(ignored -> memory.close());
    this.startMillis = tools.timers().wallMillis();
    this.startNanos = tools.timers().nanoTime();
    long interval = target.plan().intervalMillis() * 1_000_000;
    this.endNanos = startNanos + interval;
    this.spacing = Math.max(SHORTEST_SPACING, interval / source.samples());
    this.dueNanos = startNanos;
  }

  /**
   * @param coolDown of the series before; null = none
   */
  void start(@Nullable CoolDown coolDown) {
    long wait = coolDown == null ? 0 : coolDown.untilNanos() - startNanos;
    if (coolDown != null && wait >= endNanos - startNanos) {
      promise.complete(resting(coolDown, wait));
    } else {
      askIn(wait);
    }
  }

  private ScrapeResult.Failed resting(CoolDown coolDown, long wait) {
    ScrapeResult.Failed failed = coolDown.failed();
    String left =
        "asked again in "
            + wait / 1_000_000_000
            + " s, since its last answer took "
            + coolDown.tookMillis()
            + " ms and max_time_percent is "
            + source.maxTimePercent();
    return failed == null
        ? new ScrapeResult.Failed(Outcome.BUSY, "the endpoint is slow: " + left)
        : new ScrapeResult.Failed(failed.outcome(), failed.message() + "; " + left);
  }

  private void askIn(long nanos) {
    if (nanos <= 0) {
      ask();
    } else {
      // Rounded up: a cool-down is not cut short.
      timer = tools.timers().after(nanos / 1_000_000 + 1, this::ask);
    }
  }

  private void ask() {
    askedNanos = tools.timers().nanoTime();
    Scraper.InFlight started = tools.http().scrape(target);
    request = started;
    started.result().onSuccess(result -> answered(started, result));
  }

  private void answered(Scraper.InFlight from, ScrapeResult result) {
    if (promise.future().isComplete()) {
      from.release();
      return;
    }
    long took = tools.timers().nanoTime() - askedNanos - from.waitedNanos();
    long free = askedNanos + took * 100 / source.maxTimePercent();
    ScrapeResult.Failed failed = result instanceof ScrapeResult.Failed f ? f : null;
    coolDowns.accept(target, free > endNanos ? new CoolDown(free, took / 1_000_000, failed) : null);
    if (failed != null) {
      over(failed);
      return;
    }
    long next = Math.max(free, dueNanos + spacing);
    boolean last = next >= endNanos - spacing / 2;
    long counts = (last ? endNanos : next) - dueNanos;
    byte[] body = ((ScrapeResult.Fetched) result).body();
    tools
        .cpu()
        .submit(() -> dumps.add(body, target.plan().maxInflatedSize(), counts))
        .onComplete(
            done -> {
              from.release();
              if (promise.future().isComplete()) {
                return;
              }
              if (done.failed()) {
                over(refused(done.cause()));
              } else if (!memory.resize(dumps.bytes())) {
                promise.complete(
                    new ScrapeResult.Failed(
                        Outcome.MEMORY,
                        "there is no memory for what has to be kept from one dump to the next; give"
                            + " Stoker more memory, or have it scrape fewer targets"));
              } else if (last) {
                finish(endNanos);
              } else {
                dueNanos = next;
                askIn(next - tools.timers().nanoTime());
              }
            });
  }

  private static ScrapeResult.Failed refused(Throwable cause) {
    return new ScrapeResult.Failed(
        Outcome.MALFORMED,
        cause instanceof MalformedProfileException
            ? String.valueOf(cause.getMessage())
            : "internal error: " + cause);
  }

  private void over(ScrapeResult.Failed failed) {
    if (dumps.dumps() == 0) {
      promise.complete(failed);
    } else {
      finish(dueNanos);
    }
  }

  private void finish(long untilNanos) {
    tools
        .cpu()
        .submit(() -> dumps.finish(startMillis * 1_000_000, untilNanos - startNanos, spacing))
        .onComplete(
            done -> {
              if (done.succeeded()) {
                promise.tryComplete(new ScrapeResult.Fetched(done.result().body()));
              } else {
                promise.tryComplete(refused(done.cause()));
              }
            });
  }

  @Override
  public Future<ScrapeResult> result() {
    return promise.future();
  }

  @Override
  public void cancel() {
    timer.cancel();
    promise.tryComplete(new ScrapeResult.Failed(Outcome.CANCELLED, "stopped while running"));
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

  /** Each dump's body has been given back when it was read. */
  @Override
  public void release() {}
}
