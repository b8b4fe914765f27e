package dev.stoker.jvm.convert;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/**
 * A program of its own JVM that records itself with the JDK's settings while it does what makes odd
 * frames: lambdas, proxies, reflection, natives, a class without line tables, virtual threads. Its
 * threads have allocated before the recording begins.
 */
public final class RecordedProgram {
  private static final long MILLIS = 1_800;

  private static volatile Object sink = "";
  private static volatile boolean stops;
  private static volatile long busyUntil;

  /** Its implementation is made at run time. */
  public interface Work {
    long work(long n) throws ReflectiveOperationException;
  }

  private RecordedProgram() {}

  /**
   * @param args folder for the recordings, then the name of each: <code>default</code>, <code>
   *     profile</code>, or <code>cputime</code>
   */
  public static void main(String[] args)
      throws IOException, ParseException, ReflectiveOperationException, InterruptedException {
    LongUnaryOperator noLines =
        (LongUnaryOperator) Class.forName("NoLines").getDeclaredConstructor().newInstance();
    Method reflected =
        RecordedProgram.class.getMethod("reflected", LongUnaryOperator.class, long.class);
    Work proxy =
        (Work)
            Proxy.newProxyInstance(
                RecordedProgram.class.getClassLoader(),
                new Class<?>[] {Work.class},
                (self, method, arguments) -> reflected.invoke(null, noLines, arguments[0]));
    List<Thread> threads = new ArrayList<>();
    threads.add(new Thread(() -> loop(() -> proxy.work(400)), "program-odd"));
    threads.add(new Thread(() -> loop(RecordedProgram::allocate), "program-large"));
    threads.add(new Thread(() -> loop(RecordedProgram::waits), "program-waits"));
    threads.forEach(Thread::start);
    for (int i = 1; i < args.length; i++) {
      record(args[i], Path.of(args[0], args[i] + ".jfr"), proxy);
    }
    stops = true;
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void record(String settings, Path file, Work proxy)
      throws IOException, ParseException, InterruptedException, ReflectiveOperationException {
    boolean cpuTime = settings.equals("cputime");
    try (Recording recording =
        new Recording(Configuration.getConfiguration(cpuTime ? "profile" : settings))) {
      if (cpuTime) {
        recording.enable("jdk.CPUTimeSample").with("throttle", "10 ms");
      }
      recording.start();
      busyUntil = System.currentTimeMillis() + MILLIS;
      Thread virtual = virtual(proxy);
      if (virtual != null) {
        virtual.join();
      }
      while (System.currentTimeMillis() < busyUntil) {
        LockSupport.parkNanos(20_000_000);
      }
      recording.stop();
      recording.dump(file);
    }
  }

  /** Where there are none: null. */
  private static @Nullable Thread virtual(Work proxy) throws ReflectiveOperationException {
    try {
      Runnable busy =
          () -> {
            long until = busyUntil - MILLIS / 2;
            while (System.currentTimeMillis() < until) {
              sink = call(proxy);
            }
          };
      return (Thread)
          Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, busy);
    } catch (NoSuchMethodException olderJdk) {
      return null;
    }
  }

  private static long call(Work proxy) {
    try {
      return proxy.work(300);
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** One piece of work. */
  private interface Piece {
    void run() throws ReflectiveOperationException;
  }

  private static void loop(Piece piece) {
    try {
      while (!stops) {
        piece.run();
      }
    } catch (InvocationTargetException broken) {
      throw new IllegalStateException(broken.getCause());
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException(broken);
    }
  }

  /** Called by reflection. */
  public static long reflected(LongUnaryOperator noLines, long n) {
    return noLines.applyAsLong(n);
  }

  private static void allocate() {
    sink = new long[2_000];
    sink = "x".repeat(500).getBytes(java.nio.charset.StandardCharsets.UTF_8).clone();
    long start = System.nanoTime();
    while (System.nanoTime() - start < 20_000) {
      Thread.onSpinWait();
    }
  }

  private static void waits() {
    LockSupport.parkNanos(25_000_000);
    CountDownLatch held = new CountDownLatch(1);
    Thread holder = new Thread(() -> hold(held), "program-holder");
    holder.start();
    try {
      held.await();
      synchronized (RecordedProgram.class) {
        sink = "waited";
      }
      holder.join();
    } catch (InterruptedException nobodyDoes) {
      throw new IllegalStateException(nobodyDoes);
    }
  }

  private static synchronized void hold(CountDownLatch held) {
    held.countDown();
    LockSupport.parkNanos(30_000_000);
  }
}
