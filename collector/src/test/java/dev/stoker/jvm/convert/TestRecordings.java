package dev.stoker.jvm.convert;

import static org.awaitility.Awaitility.await;

import dev.stoker.pprof.oracle.Pprof;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/** Recordings of this JVM at a small known work. */
public final class TestRecordings {
  private static volatile Object sink = "";

  private TestRecordings() {}

  /**
   * Some hundred milliseconds of work in each of so many chunks. On a busy machine the JVM's
   * sampler may miss a whole chunk; such a recording has nothing to compare, so another one is
   * made.
   */
  public static byte[] make(int chunks) throws IOException {
    for (int i = 0; i < 5; i++) {
      byte[] recording = record(chunks);
      if (isSampled(recording, chunks)) {
        return recording;
      }
    }
    throw new IOException("the JVM's sampler has missed a chunk of each of five recordings");
  }

  /** By the JDK's own parser. */
  private static boolean isSampled(byte[] recording, int chunks) throws IOException {
    Path file = Files.createTempFile("chunk", ".jfr");
    try {
      int at = 0;
      for (int i = 0; i < chunks; i++) {
        int size = (int) ByteBuffer.wrap(recording).getLong(at + 8);
        Files.write(file, Arrays.copyOfRange(recording, at, at + size));
        if (RecordingFile.readAllEvents(file).stream()
            .noneMatch(event -> event.getEventType().getName().equals("jdk.ExecutionSample"))) {
          return false;
        }
        at += size;
      }
      return true;
    } finally {
      Files.delete(file);
    }
  }

  private static byte[] record(int chunks) throws IOException {
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
      recording.enable("jdk.NativeMethodSample").withPeriod(Duration.ofMillis(10));
      recording.enable("jdk.ObjectAllocationSample").with("throttle", "300/s").withStackTrace();
      recording.enable("jdk.ObjectAllocationInNewTLAB").withStackTrace();
      recording.enable("jdk.ObjectAllocationOutsideTLAB").withStackTrace();
      recording.enable("jdk.JavaMonitorEnter").withThreshold(Duration.ofMillis(1)).withStackTrace();
      recording.enable("jdk.ThreadPark").withThreshold(Duration.ofMillis(1)).withStackTrace();
      recording.enable("jdk.ThreadStart");
      recording.enable("jdk.ActiveSetting");
      recording.enable("jdk.ActiveRecording");
      recording.start();
      for (int i = 0; i < chunks; i++) {
        work();
        recording.copy(true).close(); // ends the chunk
      }
      recording.stop();
      try (InputStream in = recording.getStream(null, null)) {
        return in.readAllBytes();
      }
    }
  }

  /** One thread waits for a monitor while two chunks end. */
  static byte[] waitOverChunks() throws IOException, InterruptedException {
    try (Recording recording = new Recording()) {
      recording.enable("jdk.JavaMonitorEnter").withThreshold(Duration.ZERO).withStackTrace();
      recording.start();
      Thread waiter = new Thread(TestRecordings::blocked, "test-waiter");
      synchronized (TestRecordings.class) {
        waiter.start();
        await().until(() -> waiter.getState() == Thread.State.BLOCKED);
        recording.copy(true).close(); // ends the chunk
        recording.copy(true).close();
      }
      waiter.join();
      recording.stop();
      try (InputStream in = recording.getStream(null, null)) {
        return in.readAllBytes();
      }
    }
  }

  /** What was recorded from real programs. */
  public static byte[] resource(String name) throws IOException {
    try (InputStream in = TestRecordings.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  /** Leaf first, joined by <code> &lt; </code>. */
  public static List<String> stacks(Pprof.Profile profile) {
    return profile.getSampleList().stream()
        .map(
            sample ->
                sample.getLocationIdList().stream()
                    .map(id -> function(profile, id))
                    .collect(Collectors.joining(" < ")))
        .sorted()
        .collect(Collectors.toList());
  }

  /** Ids of what Stoker writes are positions. */
  private static String function(Pprof.Profile profile, long location) {
    long function = profile.getLocation((int) location - 1).getLine(0).getFunctionId();
    return profile.getStringTable((int) profile.getFunction((int) function - 1).getName());
  }

  private static void work() throws IOException {
    Thread waiter = new Thread(TestRecordings::blocked, "test-waiter");
    try {
      synchronized (TestRecordings.class) {
        waiter.start();
        burn();
      }
      waiter.join();
      Thread parker = new Thread(() -> LockSupport.parkNanos(20_000_000), "test-parker");
      parker.start();
      parker.join();
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    }
  }

  private static synchronized void blocked() {}

  static void burn() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = System.nanoTime();
    long startCpu = threads.getCurrentThreadCpuTime();
    long hash = 1;
    // On a busy machine 200 ms may pass without a sample.
    while (threads.getCurrentThreadCpuTime() - startCpu < 200_000_000
        && System.nanoTime() - start < 10_000_000_000L) {
      // The sampler cannot walk the stack of a tight loop once it is compiled; it can in a tree.
      TreeMap<Long, byte[]> tree = new TreeMap<>();
      for (int i = 0; i < 500; i++) {
        hash = hash * 31 + i;
        tree.put(hash, new byte[64]);
      }
      sink = tree;
    }
    sink = hash;
  }
}
