package dev.stoker.jvm.own;

import dev.stoker.jvm.chunk.JfrChunk;
import dev.stoker.jvm.chunk.PendingStacks;
import dev.stoker.jvm.stack.Frame;
import dev.stoker.jvm.stack.StackValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import one.jfr.JfrReader;
import one.jfr.event.AllocationSample;
import one.jfr.event.ContendedLock;
import one.jfr.event.Event;
import one.jfr.event.ExecutionSample;
import org.jspecify.annotations.Nullable;

/**
 * What the chunks of one recording amount to, by stack and {@link JfrKind}. Not thread-safe.
 *
 * <p>Meant for recordings of this JVM: the reader below trusts lengths inside a chunk, so the size
 * of the chunk is the only bound on what it allocates.
 */
public final class JfrTotals {
  /** Frames are shared while there are this many distinct ones; a bound, not an aim. */
  private static final int MAX_SHARED_FRAMES = 100_000;

  private final Map<JfrKind, StackValues> totals = new HashMap<>();
  private final Map<Frame, Frame> frames = new HashMap<>();
  private final PendingStacks pending = new PendingStacks(2_048);
  private final long cpuPeriodNanos;

  /** Java thread ids; each leaves with the chunk of its first allocation sample. */
  private final Set<Long> olderThreads;

  /**
   * @param cpuPeriodNanos what one execution sample stands for: the recording's own period
   * @param olderThreads ids of Java threads that ran before the recording did: their first
   *     allocation sample weighs all that they allocated before it
   */
  public JfrTotals(long cpuPeriodNanos, Set<Long> olderThreads) {
    this.cpuPeriodNanos = cpuPeriodNanos;
    this.olderThreads = new HashSet<>(olderThreads);
    for (JfrKind kind : JfrKind.values()) {
      totals.put(kind, new StackValues());
    }
  }

  /**
   * Adds one chunk; its bytes are changed and of no use to the caller afterwards.
   *
   * @throws IOException the chunk is damaged; what was read of it before stays added
   */
  public void add(JfrChunk chunk) throws IOException {
    if (frames.size() > MAX_SHARED_FRAMES) {
      frames.clear();
    }
    EventNames.separateParks(chunk.bytes());
    Map<Long, Event> first = new HashMap<>();
    try (JfrReader reader = new JfrReader(ByteBuffer.wrap(chunk.bytes()))) {
      reader.registerEvent(EventNames.THREAD_PARK, ParkEvent.class);
      ChunkStacks stacks = new ChunkStacks(reader, frames, pending);
      for (Event event; (event = reader.readEvent()) != null; ) {
        Event counted =
            event instanceof AllocationSample ? afterTheFirst(event, reader, first) : event;
        if (counted != null) {
          add(counted, stacks, reader.nanosPerTick);
        }
      }
      stacks.end();
    } catch (RuntimeException damaged) {
      throw new IOException("damaged JFR chunk: " + damaged, damaged);
    } finally {
      olderThreads.removeAll(first.keySet());
    }
  }

  /**
   * Keeps the first sample of each older thread back. The first by time: a thread's buffers can
   * come into the chunk in another order (seen on JDK 25).
   *
   * @return the sample that counts, of the two; null if none does yet
   */
  private @Nullable Event afterTheFirst(Event sample, JfrReader reader, Map<Long, Event> first) {
    Long thread = reader.javaThreads.get(sample.tid);
    if (thread == null || !olderThreads.contains(thread)) {
      return sample;
    }
    Event before = first.get(thread);
    if (before != null && before.time <= sample.time) {
      return sample;
    }
    first.put(thread, sample);
    return before;
  }

  private void add(Event event, ChunkStacks stacks, double nanosPerTick) {
    if (event instanceof ExecutionSample) {
      sum(JfrKind.CPU, stacks, event, event.samples() * cpuPeriodNanos);
    } else if (event instanceof AllocationSample) {
      sum(JfrKind.ALLOCATION, stacks, event, event.value());
    } else if (event instanceof ContendedLock) {
      long nanos = Math.round(((ContendedLock) event).duration * nanosPerTick);
      of(JfrKind.MONITOR).add(stacks.early(event.stackTraceId), event.samples(), nanos);
    } else if (event instanceof ParkEvent) {
      sum(JfrKind.PARK, stacks, event, Math.round(((ParkEvent) event).ticks * nanosPerTick));
    }
  }

  private void sum(JfrKind kind, ChunkStacks stacks, Event event, long amount) {
    of(kind).add(stacks.stack(event.stackTraceId), event.samples(), amount);
  }

  /** The live totals; copy them before they leave the owner's thread. */
  public StackValues of(JfrKind kind) {
    return java.util.Objects.requireNonNull(totals.get(kind));
  }
}
