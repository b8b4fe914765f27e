package dev.stoker.scrape.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets one CPU profile at a time run in each process: a second request would only be told "already
 * in use". First come, first served, so that two components that share a process take turns. Owned
 * by the control context.
 */
public final class ProfilerGate {
  /** The owner is at the head of each queue; those behind it wait. */
  private final Map<String, Deque<Permit>> queues = new HashMap<>();

  /** Runs the action at once, or when those before have left. */
  public Permit enter(String process, Runnable granted) {
    Deque<Permit> queue = queues.computeIfAbsent(process, ignored -> new ArrayDeque<>());
    Permit permit = new Permit(process, granted);
    queue.add(permit);
    if (queue.peek() == permit) {
      granted.run();
    }
    return permit;
  }

  /** A place in the queue of one process. */
  public final class Permit implements ProcessGates.Permit {
    private final String process;
    private final Runnable granted;

    private Permit(String process, Runnable granted) {
      this.process = process;
      this.granted = granted;
    }

    @Override
    public void leave() {
      Deque<Permit> queue = queues.get(process);
      if (queue == null) {
        return;
      }
      boolean owned = queue.peek() == this;
      queue.remove(this);
      Permit next = queue.peek();
      if (next == null) {
        queues.remove(process);
      } else if (owned) {
        next.granted.run();
      }
    }
  }
}
