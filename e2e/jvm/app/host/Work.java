package host;

import java.util.concurrent.locks.LockSupport;

/**
 * Work whose profile is known: CPU 70/20/10, parks of some 40 ms, waits for a lock of some 50 ms. How
 * long those were and how much was allocated it counts itself, and prints each second.
 */
public final class Work {
  static volatile Object sink;
  static volatile long result;
  static volatile boolean comes;

  // One writer each.
  private static volatile long allocated;
  private static volatile long parks;
  private static volatile long parkNanos;
  private static volatile long enters;
  private static volatile long enterNanos;

  private static final Object LOCK = new Object();

  public static void main(String[] args) {
    start("parker", Work::park);
    start("holder", Work::hold);
    start("waiter", Work::await);
    start("busy", Work::busy);
    start("truth", Work::tell);
  }

  private static void start(String name, Runnable work) {
    new Thread(work, name).start();
  }

  private static void busy() {
    long x = 1;
    while (true) {
      x = seventy(x);
      x = twenty(x);
      x = ten(x);
      sink = new byte[8192];
      allocated += 8208;
      result = x;
    }
  }

  private static long seventy(long x) {
    for (int i = 0; i < 700_000; i++) {
      x = x * 6364136223846793005L + i;
    }
    return x;
  }

  private static long twenty(long x) {
    for (int i = 0; i < 200_000; i++) {
      x = x * 6364136223846793005L + i;
    }
    return x;
  }

  private static long ten(long x) {
    for (int i = 0; i < 100_000; i++) {
      x = x * 6364136223846793005L + i;
    }
    return x;
  }

  private static void park() {
    while (true) {
      long begin = System.nanoTime();
      LockSupport.parkNanos(40_000_000);
      parkNanos += System.nanoTime() - begin;
      parks++;
      sleep(60);
    }
  }

  /** Lets the waiter come while the lock is held, and keeps it for 50 ms from there. */
  private static void hold() {
    while (true) {
      synchronized (LOCK) {
        comes = true;
        sleep(51);
      }
      while (comes) {
        sleep(1);
      }
      sleep(100);
    }
  }

  private static void await() {
    while (true) {
      while (!comes) {
        sleep(1);
      }
      enter();
    }
  }

  private static void enter() {
    long begin = System.nanoTime();
    synchronized (LOCK) {
      comes = false;
      enterNanos += System.nanoTime() - begin;
      enters++;
    }
  }

  private static void tell() {
    while (true) {
      sleep(1_000);
      System.out.println(
          "truth "
              + System.currentTimeMillis()
              + " "
              + allocated
              + " "
              + (double) parkNanos / parks
              + " "
              + (double) enterNanos / enters);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException end) {
      throw new IllegalStateException(end);
    }
  }
}
