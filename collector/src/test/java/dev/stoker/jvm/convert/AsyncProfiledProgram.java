package dev.stoker.jvm.convert;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import one.profiler.AsyncProfiler;

/** A program of its own JVM that is recorded by async-profiler, one way after the other. */
public final class AsyncProfiledProgram {
  private static volatile Object sink = "";

  private AsyncProfiledProgram() {}

  /**
   * @param args folder, then pairs: name of a recording, async-profiler's options
   */
  public static void main(String[] args) throws IOException {
    Thread sleeper = new Thread(AsyncProfiledProgram::sleep, "program-sleeps");
    sleeper.setDaemon(true);
    sleeper.start();
    AsyncProfiler profiler = AsyncProfiler.getInstance();
    for (int i = 1; i < args.length; i += 2) {
      profiler.execute("start,jfr,file=" + Path.of(args[0], args[i] + ".jfr") + "," + args[i + 1]);
      burn();
      profiler.execute("stop");
    }
  }

  private static void sleep() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException nobodyDoes) {
      throw new IllegalStateException(nobodyDoes);
    }
  }

  private static void burn() {
    long end = System.nanoTime() + 1_000_000_000;
    long hash = 1;
    while (System.nanoTime() < end) {
      for (int i = 0; i < 10_000; i++) {
        hash = hash * 31 + Integer.toString(i).hashCode();
      }
      sink = hash;
    }
  }
}
