package dev.stoker.jvm.own;

import dev.stoker.jvm.chunk.JfrChunk;
import dev.stoker.jvm.stack.StackValues;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import org.jspecify.annotations.Nullable;

/**
 * One JFR recording of this JVM, running only while somebody reads it, summed up chunk by chunk:
 * each reading ends the current chunk and adds those that were not added before, so that nothing
 * counts twice and a reading costs what happened since the last one.
 *
 * <p>Blocking (JFR's own API is, and files are read), so it may be called from several worker
 * threads: its lock is the one exception to the rule of one owner.
 */
public final class JvmProfiler implements AutoCloseable {
  /** Without a reading for so long, the recording ends and its totals are gone. */
  public static final Duration IDLE = Duration.ofMinutes(5);

  static final Duration CPU_PERIOD = Duration.ofMillis(10);

  /** Contended monitors are rare; a park of a pooled thread is not. */
  private static final Duration MONITOR_THRESHOLD = Duration.ofMillis(1);

  private static final Duration PARK_THRESHOLD = Duration.ofMillis(10);

  /** On disk, between two readings; JFR drops its oldest chunk past this. */
  private static final long MAX_ON_DISK = 48L << 20;

  /** JFR ends a chunk at 12 MB, give or take its buffers. */
  private static final int MAX_CHUNK = 32 << 20;

  private final Clock clock;
  private @Nullable Recording recording;
  private JfrTotals totals = new JfrTotals(CPU_PERIOD.toNanos(), Set.of());
  private long life;
  private long lastChunk;
  private Instant neededUntil = Instant.MIN;

  public JvmProfiler(Clock clock) {
    this.clock = clock;
  }

  /**
   * Starts the recording if it does not run, and sums it up to now.
   *
   * @param hold how much longer than {@link #IDLE} the recording must go on: the length of a window
   *     that begins here
   * @throws IOException the recording could not be read; the next reading goes on behind it
   * @throws IllegalStateException this JVM has no JFR
   */
  synchronized JvmTotals read(Duration hold) throws IOException {
    Instant now = clock.instant();
    Instant needed = now.plus(IDLE).plus(hold);
    neededUntil = needed.isAfter(neededUntil) ? needed : neededUntil;
    Recording running = recording;
    if (running != null && running.getState() == RecordingState.RUNNING) {
      sumUp();
    } else {
      close(); // Others can stop it, such as jcmd.
      start(now);
    }
    Map<JfrKind, StackValues> copy = new EnumMap<>(JfrKind.class);
    for (JfrKind kind : JfrKind.values()) {
      copy.put(kind, totals.of(kind).copy());
    }
    return new JvmTotals(life, nanos(clock.instant()), copy);
  }

  /**
   * What the recording holds since a moment, as JFR: whole chunks, so it begins a little earlier
   * unless a {@link #read} was at that moment.
   *
   * @param out gets at most about 50 MB; stays open
   * @throws IOException nothing is being recorded, or the stream's own
   */
  void writeRecording(Instant since, OutputStream out) throws IOException {
    try (Recording copy = copy();
        InputStream in = copy.getStream(since, null)) {
      if (in != null) {
        in.transferTo(out);
      }
    }
  }

  /** A stopped copy ends the current chunk and can be read while the original goes on. */
  private synchronized Recording copy() throws IOException {
    Recording running = recording;
    if (running == null) {
      throw new IOException("nothing is being recorded");
    }
    return running.copy(true);
  }

  /** The threads of this moment. */
  byte[] threads() {
    return GoProfile.encode(Thread.getAllStackTraces().values(), nanos(clock.instant()));
  }

  Instant now() {
    return clock.instant();
  }

  /**
   * Ends the recording when nobody has read it for {@link #IDLE}.
   *
   * @return whether none runs any more
   */
  public synchronized boolean stopIfIdle() {
    if (!clock.instant().isBefore(neededUntil)) {
      close();
    }
    return recording == null;
  }

  synchronized boolean isRecording() {
    return recording != null;
  }

  private void start(Instant now) {
    if (!jdk.jfr.FlightRecorder.isAvailable()) {
      throw new IllegalStateException("this JVM has no Flight Recorder (module jdk.jfr)");
    }
    Recording created = new Recording();
    created.setName("stoker /debug/pprof");
    created.setToDisk(true);
    created.setMaxSize(MAX_ON_DISK);
    created.enable("jdk.ExecutionSample").withPeriod(CPU_PERIOD);
    // Tells who reads the recording itself what a sample stands for.
    created.enable("jdk.ActiveSetting");
    allocations(created);
    created.enable("jdk.JavaMonitorEnter").withThreshold(MONITOR_THRESHOLD).withStackTrace();
    created.enable("jdk.ThreadPark").withThreshold(PARK_THRESHOLD).withStackTrace();
    Set<Long> olderThreads = new HashSet<>();
    for (long id : ManagementFactory.getThreadMXBean().getAllThreadIds()) {
      olderThreads.add(id);
    }
    created.start();
    recording = created;
    totals = new JfrTotals(CPU_PERIOD.toNanos(), olderThreads);
    life = nanos(now);
    lastChunk = 0;
  }

  /**
   * The sampled event came with JDK 16; before it, each new buffer and each large object is one.
   */
  private static void allocations(Recording created) {
    if (Runtime.version().feature() >= 16) {
      created.enable("jdk.ObjectAllocationSample").with("throttle", "300/s").withStackTrace();
    } else {
      created.enable("jdk.ObjectAllocationInNewTLAB").withStackTrace();
      created.enable("jdk.ObjectAllocationOutsideTLAB").withStackTrace();
    }
  }

  private void sumUp() throws IOException {
    Instant from = lastChunk == 0 ? null : Instant.ofEpochSecond(0, lastChunk);
    try (Recording copy = copy();
        InputStream in = copy.getStream(from, null)) {
      if (in != null) {
        JfrChunk.forEach(in, MAX_CHUNK, start -> start > lastChunk, this::add);
      }
    }
  }

  private void add(JfrChunk chunk) throws IOException {
    lastChunk = chunk.startNanos();
    totals.add(chunk);
  }

  private static long nanos(Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }

  /** Ends the recording; the next reading starts a new one, from zero. */
  @Override
  public synchronized void close() {
    Recording running = recording;
    recording = null;
    if (running != null) {
      running.close();
    }
  }
}
