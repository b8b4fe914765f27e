package dev.stoker.scrape.schedule;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many scrapes are under way at once: each has a connection, which takes heap and a file
 * descriptor. First come, first served, but targets that are down have half of the slots at most,
 * so thousands that do not answer leave the other half to those that do.
 */
public final class ScrapeSlots {
  private final int most;
  private final Deque<Slot> waiting = new ArrayDeque<>();
  private final Deque<Slot> doubtful = new ArrayDeque<>();
  private volatile int waits;
  private int used;
  private int usedByDoubtful;

  /**
   * @param most scrapes at once
   */
  public ScrapeSlots(int most) {
    this.most = Math.max(2, most);
  }

  /** Nothing waits. */
  public static ScrapeSlots unbounded() {
    return new ScrapeSlots(Integer.MAX_VALUE);
  }

  /** Shows how many scrapes wait. */
  public ScrapeSlots measure(MeterRegistry registry) {
    Gauge.builder("stoker.scrapes.waiting", () -> waits)
        .description("Scrapes that are due and wait for one of those under way to end")
        .register(registry);
    return this;
  }

  /** How many scrapes may be under way at once. */
  public int most() {
    return most;
  }

  /**
   * Runs the action at once, or when there is a slot.
   *
   * @param down the target did not answer the last time
   */
  public Slot enter(boolean down, Runnable granted) {
    Slot slot = new Slot(down);
    slot.granted = granted;
    (down ? doubtful : waiting).add(slot);
    serve();
    return slot;
  }

  private void serve() {
    Slot next;
    while ((next = next()) != null) {
      next.grant();
    }
    waits = waiting.size() + doubtful.size();
  }

  private @Nullable Slot next() {
    if (used >= most) {
      return null;
    }
    Slot first = waiting.poll();
    return first != null || usedByDoubtful >= most / 2 ? first : doubtful.poll();
  }

  /** A slot, or a place in the line. */
  public final class Slot {
    private final boolean down;
    private @Nullable Runnable granted;
    private boolean taken;
    private boolean left;

    private Slot(boolean down) {
      this.down = down;
    }

    public boolean isWaiting() {
      return !taken && !left;
    }

    /** What to run in place of the former action: the place stays the same. */
    public void pass(Runnable next) {
      granted = next;
    }

    private void grant() {
      taken = true;
      used++;
      usedByDoubtful += down ? 1 : 0;
      Runnable action = granted;
      granted = null;
      if (action != null) {
        action.run();
      }
    }

    /** Gives the slot or the place up; harmless when repeated. */
    public void leave() {
      if (left) {
        return;
      }
      left = true;
      granted = null;
      if (taken) {
        used--;
        usedByDoubtful -= down ? 1 : 0;
      } else {
        (down ? doubtful : waiting).remove(this);
      }
      serve();
    }
  }
}
