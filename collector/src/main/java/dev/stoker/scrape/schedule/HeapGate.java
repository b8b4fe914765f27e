package dev.stoker.scrape.schedule;

import dev.stoker.concurrent.Timers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the scrapes of a process' leaked goroutines and those of its heap apart: looking for leaks
 * runs a garbage collection, which moves what a heap profile says is in use. They never overlap,
 * and {@link #PAUSE_MILLIS} lie between the end of one kind and the begin of the other. Scrapes of
 * one kind do not wait for each other. First come, first served. Owned by the control context.
 */
public final class HeapGate {
  /** Milliseconds between the end of a scrape of one kind and the begin of one of the other. */
  public static final long PAUSE_MILLIS = 1_000;

  private static final long PAUSE_NANOS = PAUSE_MILLIS * 1_000_000;

  /** What a scrape does to the heap of its process. */
  enum Kind {
    LOOKS_AT_HEAP,
    COLLECTS
  }

  private final Timers timers;

  /** One for each process that has a loop for leaks, or a scrape of its heap under way. */
  private final Map<String, Line> lines = new HashMap<>();

  public HeapGate(Timers timers) {
    this.timers = timers;
  }

  /** A loop that looks for leaks begins; its process is watched from now on. */
  void begin(String process) {
    Line line = lines.get(process);
    if (line == null) {
      line = new Line();
      line.last = timers.nanoTime(); // a scrape of its heap may have ended just now
      lines.put(process, line);
    }
    line.loops++;
  }

  /** A loop that looks for leaks has ended. */
  void end(String process) {
    Line line = lines.get(process);
    if (line != null) {
      line.loops--;
      forgetIfIdle(process, line);
    }
  }

  /** Runs the action at once, or when the scrapes of the other kind are long enough ago. */
  Place enter(String process, Kind kind, Runnable granted) {
    Line line = lines.computeIfAbsent(process, ignored -> new Line());
    Place place = new Place(process, line, kind, granted);
    line.waiting.add(place);
    serve(line);
    return place;
  }

  private void forgetIfIdle(String process, Line line) {
    if (line.loops == 0 && line.running == 0 && line.waiting.isEmpty()) {
      line.stopAlarm();
      lines.remove(process, line);
    }
  }

  private void serve(Line line) {
    line.stopAlarm();
    Place first;
    while ((first = line.waiting.peek()) != null) {
      if (line.running > 0 && line.kind != first.kind) {
        return;
      }
      long left = line.kind == first.kind ? 0 : pause(line);
      if (left > 0) {
        line.stopAlarm();
        line.alarm = timers.after((left + 999_999) / 1_000_000, () -> serve(line));
        return;
      }
      line.waiting.remove();
      line.kind = first.kind;
      line.running++;
      first.grant();
    }
  }

  /** Nanoseconds until a scrape of the other kind may begin. */
  private long pause(Line line) {
    return line.last == null ? 0 : line.last + PAUSE_NANOS - timers.nanoTime();
  }

  /** The scrapes of one process. */
  private static final class Line {
    private final Deque<Place> waiting = new ArrayDeque<>();
    private int loops;

    /** Of the scrapes under way, or of the last one. */
    private Kind kind = Kind.LOOKS_AT_HEAP;

    private int running;

    /** When the last scrape ended, in nanoseconds; null = there was none. */
    private @Nullable Long last;

    private Timers.@Nullable Cancellable alarm;

    void stopAlarm() {
      if (alarm != null) {
        alarm.cancel();
        alarm = null;
      }
    }
  }

  /** A place in the line of one process. */
  final class Place implements ProcessGates.Permit {
    private final String process;
    private final Line line;
    private final Kind kind;
    private final Runnable granted;
    private boolean runs;
    private boolean left;

    private Place(String process, Line line, Kind kind, Runnable granted) {
      this.process = process;
      this.line = line;
      this.kind = kind;
      this.granted = granted;
    }

    private void grant() {
      runs = true;
      granted.run();
    }

    @Override
    public void leave() {
      if (left) {
        return;
      }
      left = true;
      if (runs) {
        line.running--;
        line.last = timers.nanoTime();
      } else {
        line.waiting.remove(this);
      }
      serve(line);
      forgetIfIdle(process, line);
    }
  }
}
