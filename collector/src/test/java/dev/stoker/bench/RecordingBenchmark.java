package dev.stoker.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.stoker.jvm.convert.RecordingBody;
import dev.stoker.jvm.convert.RecordingOptions;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.pprof.MalformedProfileException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/**
 * A Flight Recorder recording of 14 MB in 8 chunks becomes profiles. Prints the CPU time of the
 * process for the first conversion and those after it, and the peak of the heap. Started by
 * benchmarks/recordings, which makes the recording in another JVM; no test.
 */
public final class RecordingBenchmark {
  private static final int CHUNKS = 8;
  private static final long BYTES = 14 << 20;
  private static final int ROUNDS = 10;
  private static volatile Object sink = "";
  private static volatile boolean over;

  private RecordingBenchmark() {}

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[1]);
    if (args[0].equals("make")) {
      make(file);
    } else {
      convert(file);
    }
  }

  /** The JDK's own profile settings, with more allocations sampled so that it takes a minute. */
  private static void make(Path file) throws IOException, ParseException, InterruptedException {
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      Random random = new Random(i);
      threads[i] = new Thread(() -> work(random), "worker-" + i);
      threads[i].start();
    }
    try (Recording recording = new Recording(Configuration.getConfiguration("profile"))) {
      recording.enable("jdk.ExecutionSample").withPeriod(Duration.ofMillis(10));
      recording.enable("jdk.ObjectAllocationSample").with("throttle", "6000/s").withStackTrace();
      recording.setMaxSize(1 << 30);
      recording.start();
      long millis = 3_000;
      long before = 0;
      for (int i = 0; i < CHUNKS; i++) {
        Thread.sleep(millis);
        if (i < CHUNKS - 1) {
          recording.copy(true).close(); // ends the chunk
          long size = Math.max(1, recording.getSize() - before);
          before = recording.getSize();
          millis = Math.max(500, Math.min(20_000, millis * (BYTES / CHUNKS) / size));
        }
      }
      recording.stop();
      recording.dump(file);
    } finally {
      over = true;
    }
    System.out.printf("%s: %.1f MB%n", file.getFileName(), Files.size(file) / 1e6);
  }

  private static void work(Random random) {
    while (!over) {
      descend(random, 10 + random.nextInt(40));
      if (random.nextInt(5_000) == 0) {
        LockSupport.parkNanos(21_000_000);
      }
    }
  }

  /** Stacks of many forms. */
  private static void descend(Random random, int depth) {
    if (depth == 0) {
      leaf(random);
    } else if (random.nextInt(8) == 0) {
      other(random, depth - 1);
    } else {
      descend(random, depth - 1);
    }
  }

  private static void other(Random random, int depth) {
    if (random.nextInt(100_000) == 0) {
      locked(random);
    }
    descend(random, depth);
  }

  private static synchronized void locked(Random random) {
    leaf(random);
    LockSupport.parkNanos(11_000_000);
  }

  private static void leaf(Random random) {
    int hash = 1;
    for (int i = 0; i < 2_000; i++) {
      hash = hash * 31 + i;
    }
    sink = random.nextBoolean() ? new byte[2_000 + (hash & 7)] : new StringBuilder(1_000);
  }

  private static void convert(Path file) throws IOException, MalformedProfileException {
    byte[] body = Files.readAllBytes(file);
    for (int i = 0; i <= ROUNDS; i++) {
      long start = cpu();
      RecordingBody.Result result =
          RecordingBody.convert(
              body,
              0,
              chunk -> true,
              RecordingOptions.DEFAULT,
              System.currentTimeMillis() * 1_000_000);
      long spent = cpu() - start;
      if (i == 0) {
        System.out.printf("%.1f MB, %d chunks:", body.length / 1e6, result.chunks().size());
        for (ConvertedProfile each : result.profiles()) {
          System.out.printf(" %s %.1f KB", each.name(), each.body().length / 1e3);
        }
        System.out.println();
      }
      System.out.printf("%-12s %8.1f ms CPU%n", i == 0 ? "first" : "round " + i, spent / 1e6);
    }
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      peak += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    System.out.printf(
        "heap: peak of the pools %.1f MB, of at most %.1f MB; the body is in it%n",
        peak / 1e6, Runtime.getRuntime().maxMemory() / 1e6);
  }

  /** Of all threads: compilation and garbage collection are in it. */
  private static long cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
