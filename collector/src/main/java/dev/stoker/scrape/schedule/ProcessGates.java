package dev.stoker.scrape.schedule;

import dev.stoker.concurrent.Timers;
import dev.stoker.scrape.target.Target;

/**
 * Which scrapes of one process wait for each other: CPU profiles ({@link ProfilerGate}), and leaked
 * goroutines for the heap ({@link HeapGate}). All others begin at once. Owned by the control
 * context.
 */
public final class ProcessGates {
  private final ProfilerGate profiler = new ProfilerGate();
  private final HeapGate heap;

  public ProcessGates(Timers timers) {
    this.heap = new HeapGate(timers);
  }

  /** A loop of this target begins. */
  public void begin(Target target) {
    if (target.collectsGarbage()) {
      heap.begin(target.process());
    }
  }

  /** The loop of this target has ended. */
  public void end(Target target) {
    if (target.collectsGarbage()) {
      heap.end(target.process());
    }
  }

  /** Runs the action at once, or when those that it must wait for have left. */
  public Permit enter(Target target, Runnable granted) {
    if (target.usesCpuProfiler()) {
      return profiler.enter(target.process(), granted);
    }
    if (target.collectsGarbage()) {
      return heap.enter(target.process(), HeapGate.Kind.COLLECTS, granted);
    }
    if (target.looksAtHeap()) {
      return heap.enter(target.process(), HeapGate.Kind.LOOKS_AT_HEAP, granted);
    }
    granted.run();
    return () -> {};
  }

  /** A place in a line, or a turn. */
  public interface Permit {
    /** Gives it up, granted or not; harmless when repeated. */
    void leave();
  }
}
