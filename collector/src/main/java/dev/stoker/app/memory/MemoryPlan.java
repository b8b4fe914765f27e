package dev.stoker.app.memory;

import com.sun.management.OperatingSystemMXBean;
import dev.stoker.component.HeapDemand;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;

/**
 * The JVM's limits, chosen before it starts: the heap's, that of direct memory, and what is left
 * for the JVM itself. Together they fit the container's limit, on any number of CPUs.
 *
 * @param heap <code>-Xmx</code>
 * @param direct <code>-XX:MaxDirectMemorySize</code>, also Netty's limit for its buffers
 * @param overhead what the JVM takes beside them: classes, code, stacks, native memory of zlib
 */
public record MemoryPlan(long heap, long direct, long overhead) {
  private static final long MIB = 1L << 20;

  /** Below, nothing would start. */
  private static final long LEAST_HEAP = 64 * MIB;

  private static final long MOST_DIRECT = 64 * MIB;

  /**
   * Classes 45, code 32, the collector's tables, Flight Recorder's buffers, bodies on their way to
   * files.
   */
  private static final long OVERHEAD = 104 * MIB;

  /** A stack, an inflater and a deflater. */
  private static final long PER_CPU_THREAD = MIB;

  /**
   * @param room the container's memory limit; without one the machine's memory
   */
  public static MemoryPlan of(HeapDemand demand, long room, int cpuThreads) {
    long overhead = OVERHEAD + PER_CPU_THREAD * cpuThreads;
    long direct = Math.min(MOST_DIRECT, room / 8);
    long wish = HeapPlan.wish(demand, room).heap();
    long heap = Math.max(LEAST_HEAP, Math.min(wish, room - direct - overhead));
    // Whole megabytes, as flags say it.
    return new MemoryPlan(heap / MIB * MIB, direct / MIB * MIB, overhead);
  }

  /**
   * The memory that this process may use: the limit of its memory cgroup, of version 1 or 2, or all
   * there is.
   */
  public static long room() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /**
   * Bytes of the young generation (<code>-Xmn</code>); empty = that of all daemons. Pushed bodies
   * wait for the server at any rate. In the usual one many are moved to the old generation, which
   * is then collected for them: at 2,000 pushes a second that took a quarter of all CPU time.
   */
  public OptionalLong young(HeapDemand demand) {
    return demand.pushed()
        ? OptionalLong.of(Math.min(24 * MIB, heap / 8 / MIB * MIB))
        : OptionalLong.empty();
  }

  /** The container's limit with which a heap of this plan fits. */
  static long toHold(HeapPlan plan, int cpuThreads) {
    return plan.heap() + MOST_DIRECT + OVERHEAD + PER_CPU_THREAD * cpuThreads + MIB;
  }

  /** Bytes of all three. */
  long sum() {
    return heap + direct + overhead;
  }
}
