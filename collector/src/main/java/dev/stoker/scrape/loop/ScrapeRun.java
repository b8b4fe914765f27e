package dev.stoker.scrape.loop;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.profile.ComponentBooks;
import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.fetch.ScrapeResult;
import dev.stoker.scrape.fetch.Scraper;
import dev.stoker.scrape.loop.TargetStatus.Health;
import dev.stoker.scrape.schedule.ProcessGates;
import dev.stoker.scrape.schedule.ScrapeSlots;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.transform.ProfileTransform;
import io.vertx.core.Future;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One scrape of a loop, from the tick until its profiles are handed on. Ends exactly once, with a
 * status that the loop takes over. Owned by the control context; the body is worked on elsewhere.
 */
final class ScrapeRun {
  private enum State {
    /** Waits for its turn: for a slot, or until another profile of the process is taken. */
    WAITS,
    /** The fetch runs, under its own deadline. */
    FETCHES,
    /** The body has come and is worked on; it must be left alone meanwhile. */
    WORKS,
    ENDED
  }

  private final ScrapeLoop loop;
  private final LoopParts parts;
  private final ScrapeLoop.Shared shared;
  private final long startNanos;
  private final long startMillis;
  private State state = State.WAITS;
  private ProcessGates.@Nullable Permit permit;
  private ScrapeSlots.@Nullable Slot slot;
  private Scraper.@Nullable InFlight fetch;
  private long fetchNanos;

  /** Bytes of the body over the wire. */
  private long bytes;

  ScrapeRun(ScrapeLoop loop, LoopParts parts) {
    this.loop = loop;
    this.parts = parts;
    this.shared = parts.shared();
    this.startNanos = shared.timers().nanoTime();
    this.startMillis = shared.timers().wallMillis();
  }

  /** Starts the scrape, which may end before this method returns. */
  void begin() {
    if (loop.target().plan().seconds() > 0) {
      enterGate(); // its loop has paid for its connection
    } else {
      takeSlot();
    }
  }

  private void enterGate() {
    permit = shared.gate().enter(loop.target(), () -> guarded(this::fetch));
    if (state != State.WAITS && state != State.FETCHES) {
      // The fetch has ended in place, before there was a permit that its end could give back.
      leaveGate();
    }
  }

  private void takeSlot() {
    ScrapeSlots.Slot kept = loop.takePlace();
    if (kept == null) {
      boolean down = loop.scrapeStatus().health() == Health.DOWN;
      slot = shared.slots().enter(down, () -> guarded(this::enterGate));
    } else {
      slot = kept;
      kept.pass(() -> guarded(this::enterGate));
    }
    if (state == State.ENDED) {
      leaveSlot(); // the fetch has failed in place, as above
    }
  }

  /**
   * Runs a step. An exception ends this scrape and nothing else: the loop goes on with its next
   * tick.
   */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (Throwable thrown) {
      parts.bug("scraping " + loop.target().url(), thrown);
      lookCloser();
      end(Outcome.INTERNAL, internal(thrown));
    }
  }

  private void lookCloser() {
    try {
      parts.transform().failed();
    } catch (Throwable thrown) {
      parts.bug("preparing the next scrape of " + loop.target().url(), thrown);
    }
  }

  private static String internal(Throwable thrown) {
    return "internal error, see the log: " + thrown;
  }

  /** A scrape that waits for memory has waited long enough, and this tick is not missed. */
  void nextTick() {
    ScrapeSlots.Slot waiting = slot;
    if (fetch != null) {
      fetch.nextTick();
    } else if (waiting != null && waiting.isWaiting()) {
      slot = null;
      loop.keepPlace(waiting);
      end(Outcome.MEMORY, noSlot());
    }
  }

  private String noSlot() {
    return "it waited for its turn until its next tick, because "
        + shared.slots().most()
        + " scrapes are under way, which is as many as there is memory for, or half of them when"
        + " the target was down; give Stoker more memory or scrape less often if this goes on";
  }

  /** Ends it now, unless its body is worked on already. */
  void cut() {
    if (fetch != null) {
      fetch.cancel();
    } else {
      end(Outcome.CANCELLED, "stopped while waiting for its turn");
    }
  }

  /**
   * A fetch ends by its own deadline. One that has not is a bug of its scraper, and must not keep
   * the target from being scraped for ever.
   */
  void endIfStuck() {
    Scraper.InFlight started = fetch;
    if (started == null || state != State.FETCHES) {
      return;
    }
    long millis = (shared.timers().nanoTime() - fetchNanos) / 1_000_000;
    Target target = loop.target();
    if (millis > 4 * parts.schedule().intervalMillis() + target.plan().deadlineMillis()) {
      guarded(started::cancel);
      parts.bug(
          "fetching " + target.url(), new IllegalStateException("no end after " + millis + " ms"));
      end(Outcome.INTERNAL, "internal error: the fetch has not ended by its deadline");
    }
  }

  private void fetch() {
    state = State.FETCHES;
    fetchNanos = shared.timers().nanoTime();
    Scraper.InFlight started = shared.scraper().scrape(loop.target());
    fetch = started;
    started.result().onSuccess(result -> guarded(() -> fetched(started, result)));
  }

  private void fetched(Scraper.InFlight started, ScrapeResult result) {
    shared.timers().control().assertOn();
    if (state == State.ENDED) {
      started.release();
      return;
    }
    state = State.WORKS;
    leaveGate();
    leaveSlot();
    if (result instanceof ScrapeResult.Failed failed) {
      parts.transform().failed();
      end(failed.outcome(), failed.message());
      return;
    }
    byte[] body = ((ScrapeResult.Fetched) result).take();
    bytes = body.length;
    shared.metrics().body(loop.target().type(), bytes);
    shared.metrics().books().came(1);
    long scrapedAt = shared.timers().wallMillis();
    transformed(body, scrapedAt)
        .onComplete(
            done -> {
              release(started);
              if (done.succeeded()) {
                guarded(() -> handOn(done.result(), scrapedAt));
              } else {
                guarded(() -> refuse(done.cause()));
              }
            });
  }

  /**
   * Gives the memory of the body back. This may start somebody else's scrape, whose bug must not
   * cost this profile.
   */
  private void release(Scraper.InFlight started) {
    try {
      started.release();
    } catch (Throwable thrown) {
      parts.bug("giving back the memory of a body of " + loop.target().url(), thrown);
    }
  }

  private Future<ProfileTransform.Transformed> transformed(byte[] body, long scrapedAt) {
    try {
      return parts.transform().apply(loop.target(), body, scrapedAt);
    } catch (Throwable thrown) {
      return Future.failedFuture(thrown);
    }
  }

  private void handOn(ProfileTransform.Transformed transformed, long scrapedAt) {
    shared.timers().control().assertOn();
    Throwable thrown = new HandOver(parts, loop.target()).handOn(transformed, scrapedAt);
    if (thrown == null) {
      end(Outcome.OK, null);
    } else {
      end(Outcome.INTERNAL, internal(thrown));
    }
  }

  private void refuse(Throwable cause) {
    parts.transform().failed();
    if (cause instanceof MalformedProfileException malformed) {
      shared.metrics().books().left(ComponentBooks.Outcome.REFUSED);
      end(Outcome.MALFORMED, malformed.getMessage());
    } else {
      shared.metrics().books().left(ComponentBooks.Outcome.FAILED);
      parts.bug("reading a profile of " + loop.target().url(), cause);
      end(Outcome.INTERNAL, internal(cause));
    }
  }

  private void leaveGate() {
    if (permit != null) {
      permit.leave();
    }
  }

  private void leaveSlot() {
    if (slot != null) {
      slot.leave();
    }
  }

  private void end(Outcome outcome, @Nullable String error) {
    if (state == State.ENDED) {
      return;
    }
    state = State.ENDED;
    leaveGate();
    leaveSlot();
    parts.notFound().record(outcome);
    long nanos = shared.timers().nanoTime() - startNanos;
    shared.metrics().scraped(loop.target().type(), outcome, nanos);
    boolean failed = outcome != Outcome.OK && outcome != Outcome.BUSY;
    TargetStatus before = loop.scrapeStatus();
    loop.ended(
        new TargetStatus(
            health(outcome, before.health()),
            Instant.ofEpochMilli(startMillis),
            nanos / 1_000_000,
            bytes == 0 ? before.lastBytes() : bytes,
            error,
            before.counts().scraped(failed)));
  }

  private static Health health(Outcome outcome, Health before) {
    if (outcome == Outcome.OK) {
      return Health.UP;
    }
    if (outcome == Outcome.MEMORY) {
      return before; // it says nothing about the target
    }
    return outcome == Outcome.BUSY ? Health.BUSY : Health.DOWN;
  }
}
