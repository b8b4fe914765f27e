package dev.stoker.discovery.kubernetes.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * What was read on a client's thread, on its way to the control context. The first change after
 * some quiet is told at once. While more come in they are collected for a moment, since a wake-up
 * for each would cost more than they do; whoever reads them does not wait for that, so that nothing
 * piles up on the network.
 */
final class Telling {
  /** What waits to be told; no more is read meanwhile. */
  private static final int MOST = 200;

  private final Duration between;
  private final ApiThreads threads;
  private final Executor control;
  private final Consumer<List<Told>> listener;
  private final Queue<Told> told = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile long lastNanos;

  /**
   * @param between two wake-ups of the listener at least
   * @param control runs on the control context
   * @param listener called there, and never with nothing
   */
  Telling(Duration between, ApiThreads threads, Executor control, Consumer<List<Told>> listener) {
    this.between = between;
    this.threads = threads;
    this.control = control;
    this.listener = listener;
    this.lastNanos = System.nanoTime() - between.toNanos();
  }

  /** Called by the one who reads. */
  void add(List<Told> some) {
    if (some.isEmpty()) {
      return;
    }
    waiting.addAndGet(some.size());
    told.addAll(some);
    if (asked.compareAndSet(false, true)) {
      long wait = between.toNanos() - (System.nanoTime() - lastNanos);
      if (wait <= 0) {
        control.execute(this::tell);
      } else {
        threads.after(Duration.ofNanos(wait), () -> control.execute(this::tell));
      }
    }
  }

  /** Whether so much waits that no more should be read before it is told. */
  boolean isFull() {
    return waiting.get() >= MOST;
  }

  /** Tells what waits, without more of a wait, and then does something on the control context. */
  void thenOnControl(Runnable next) {
    control.execute(
        () -> {
          tell();
          next.run();
        });
  }

  private void tell() {
    asked.set(false);
    lastNanos = System.nanoTime();
    List<Told> all = new ArrayList<>();
    for (Told one; (one = told.poll()) != null; ) {
      all.add(one);
    }
    waiting.addAndGet(-all.size());
    if (!all.isEmpty()) {
      listener.accept(all);
    }
  }
}
