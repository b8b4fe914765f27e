package dev.stoker.app.memory;

/** How many threads the daemon has for work on bodies. */
public final class CpuThreads {
  /**
   * More would have nothing to do, even with thousands of targets. A container without a CPU limit
   * sees all CPUs of its node, and each thread costs memory.
   */
  private static final int MOST = 16;

  /** The number of threads on this machine. */
  public static int here() {
    return of(Runtime.getRuntime().availableProcessors());
  }

  static int of(int cpus) {
    return Math.max(1, Math.min(MOST, cpus));
  }

  private CpuThreads() {}
}
