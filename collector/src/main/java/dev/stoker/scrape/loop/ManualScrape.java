package dev.stoker.scrape.loop;

import dev.stoker.concurrent.Timers;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.transform.NamedBody;
import dev.stoker.scrape.transform.Transforms;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One fetch outside the schedule, because a user asks for it. It uses the same scraper as the
 * loops, the same deadline and memory budget, and waits for its turn where one profile of a process
 * has to wait for another. It moves no baseline and no status, and its profile is handed to nobody
 * else. Owned by the control context.
 */
public final class ManualScrape {
  /** How long it waits for other profiles of the process: they may be all but done. */
  private static final long MAX_WAIT_MILLIS = 45_000;

  private final Target target;
  private final Scraper scraper;
  private final Promise<ScrapeResult> result = Promise.promise();
  private final ProcessGates.Permit permit;
  private final Timers timers;
  private Timers.Cancellable patience;
  private Scraper.@Nullable InFlight fetch;
  private long endMillis;

  /**
   * @param scraper fetches in addition to loops, if there are any
   */
  public ManualScrape(Target target, Scraper scraper, ProcessGates gate, Timers timers) {
    timers.control().assertOn();
    this.target = target;
    this.scraper = scraper;
    this.timers = timers;
    patience = timers.after(MAX_WAIT_MILLIS, this::giveUpWaiting);
    permit = gate.enter(target, this::fetch);
    result.future().onComplete(ignored -> leave(timers.wallMillis()));
  }

  public Target target() {
    return target;
  }

  /** Never fails. */
  public Future<ScrapeResult> result() {
    return result.future();
  }

  /**
   * The profiles that the fetched body holds: CPU work, on any thread once the result is there.
   *
   * @param maxInflated bytes, 0 = no limit
   * @throws MalformedProfileException what came instead, or what the loop would refuse in it
   */
  public List<NamedBody> profiles(byte[] body, long maxInflated) throws MalformedProfileException {
    return Transforms.profiles(target, body, maxInflated, endMillis);
  }

  /** Ends it; harmless when it has ended. */
  public void cancel() {
    if (fetch != null) {
      fetch.cancel();
    } else {
      result.tryComplete(new ScrapeResult.Failed(Outcome.CANCELLED, "cancelled"));
    }
  }

  /** The body has been worked off: its bytes count against the byte budget until here. */
  public void release() {
    if (fetch != null) {
      fetch.release();
    }
  }

  private void fetch() {
    patience.cancel();
    if (result.future().isComplete()) {
      return;
    }
    Scraper.InFlight started = scraper.scrapeOnce(target);
    fetch = started;
    long millis = target.plan().deadlineMillis() + MAX_WAIT_MILLIS;
    patience = timers.after(millis, started::nextTick);
    started.result().onSuccess(result::tryComplete);
  }

  private void giveUpWaiting() {
    if (fetch == null) {
      result.tryComplete(
          new ScrapeResult.Failed(
              Outcome.BUSY,
              "other profiles of the process that it must wait for have been running for "
                  + MAX_WAIT_MILLIS / 1_000
                  + " s; try again"));
    }
  }

  private void leave(long nowMillis) {
    endMillis = nowMillis;
    patience.cancel();
    permit.leave();
  }
}
