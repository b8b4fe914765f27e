package dev.stoker.scrape;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * One fetch outside the schedule, on somebody's request: by the same scraper, under the same
 * deadline, byte budget and one-CPU-profile-per-process gate. Moves no baseline and no status, and
 * its profile is handed to nobody else. Control context only.
 */
public final class ManualScrape {
  /** How long it waits for other CPU profiles of the process: theirs may be all but done. */
  private static final long MAX_WAIT_MILLIS = 45_000;

  private final Target target;
  private final Scraper scraper;
  private final Promise<ScrapeResult> result = Promise.promise();
  private final ProfilerGate.@Nullable Permit permit;
  private final Timers.Cancellable patience;
  private Scraper.@Nullable InFlight fetch;

  ManualScrape(Target target, Scraper scraper, ProfilerGate gate, Timers timers) {
    this.target = target;
    this.scraper = scraper;
    if (target.usesCpuProfiler()) {
      patience = timers.after(MAX_WAIT_MILLIS, this::giveUpWaiting);
      permit = gate.enter(target.process(), this::fetch);
    } else {
      patience = () -> {};
      permit = null;
      fetch();
    }
    result.future().onComplete(ignored -> leave());
  }

  public Target target() {
    return target;
  }

  /** Never fails. */
  public Future<ScrapeResult> result() {
    return result.future();
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
    Scraper.InFlight started = scraper.scrape(target);
    fetch = started;
    started.result().onSuccess(result::tryComplete);
  }

  private void giveUpWaiting() {
    if (fetch == null) {
      result.tryComplete(
          new ScrapeResult.Failed(
              Outcome.BUSY,
              "other CPU profiles of the process have been running for "
                  + MAX_WAIT_MILLIS / 1_000
                  + " s; try again"));
    }
  }

  private void leave() {
    patience.cancel();
    if (permit != null) {
      permit.leave();
    }
  }
}
