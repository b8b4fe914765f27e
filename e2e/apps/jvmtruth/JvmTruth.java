package truth;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that knows what a profiler has to find in it: it measures its own CPU time, allocation,
 * waits for a monitor and parks, each in a method of its own, and tells the totals.
 *
 * <p>Plain JDK 17, one file: {@code java truth.JvmTruth PORT}. It begins at rest.
 *
 * <pre>
 * GET /truth    totals so far
 * GET /resume   work
 * GET /pause    rest; answers the totals when every thread has come to rest
 * </pre>
 */
public final class JvmTruth {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Twice the longest threshold in the JDK's own settings (default.jfc: 20 ms), and more. */
  private static final long HOLD_MILLIS = 60;

  private static final long PAUSE_MILLIS = 20;

  /**
   * With buffers of 128 KB some 120 samples a second. JFR's settings allow 150 or 300 in windows of
   * 200 ms; past that, one sample weighs all that was left out until the window's end.
   */
  private static final long BYTES_PER_SECOND = 16L << 20;

  private static volatile Object escaped;
  private static volatile double result;

  private final Gate gate = new Gate(4);
  private final AtomicLong[] cpu = counters(3);
  private final AtomicLong[] allocated = counters(3);
  private final AtomicLong waits = new AtomicLong();
  private final AtomicLong waited = new AtomicLong();
  private final AtomicLong parks = new AtomicLong();
  private final AtomicLong parkedNanos = new AtomicLong();

  public static void main(String[] args) throws IOException {
    JvmTruth truth = new JvmTruth();
    truth.start("truth-cpu", truth::burn);
    truth.start("truth-alloc", truth::allocate);
    truth.start("truth-park", truth::park);
    truth.startContention();
    HttpServer server =
        HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
    server.createContext("/truth", truth::answer);
    server.createContext("/resume", truth::resume);
    server.createContext("/pause", truth::pause);
    server.start();
  }

  // CPU: whichever of the three is furthest behind its share goes next, for 5 to 25 ms: no rhythm that
  // a sampler could share.

  private void burn() {
    SplittableRandom random = new SplittableRandom(1);
    double[] shares = {0.70, 0.20, 0.10};
    while (true) {
      gate.pass();
      int next = 0;
      for (int i = 1; i < shares.length; i++) {
        if (cpu[i].get() / shares[i] < cpu[next].get() / shares[next]) {
          next = i;
        }
      }
      long begin = THREADS.getCurrentThreadCpuTime();
      long end = begin + random.nextLong(5_000_000, 25_000_000);
      switch (next) {
        case 0 -> seventy(end);
        case 1 -> twenty(end);
        default -> ten(end);
      }
      cpu[next].addAndGet(THREADS.getCurrentThreadCpuTime() - begin);
    }
  }

  private static void seventy(long end) {
    long x = 88172645463325252L;
    while (THREADS.getCurrentThreadCpuTime() < end) {
      for (int i = 0; i < 300_000; i++) {
        x ^= x << 13;
        x ^= x >>> 7;
        x ^= x << 17;
      }
    }
    result = x;
  }

  private static void twenty(long end) {
    int[] table = new int[4096];
    while (THREADS.getCurrentThreadCpuTime() < end) {
      for (int i = 0; i < 300_000; i++) {
        table[(i * 31) & 4095] += i ^ table[i & 4095];
      }
    }
    result = table[7];
  }

  private static void ten(long end) {
    double sum = 0;
    while (THREADS.getCurrentThreadCpuTime() < end) {
      for (int i = 1; i < 100_000; i++) {
        sum += Math.sqrt(sum + i);
      }
    }
    result = sum;
  }

  // Allocation: 50, 30 and 20 % of the bytes, mixed at random, so that no buffer's end prefers one.

  private void allocate() {
    SplittableRandom random = new SplittableRandom(2);
    long last = System.nanoTime();
    while (true) {
      if (gate.pass()) {
        last = System.nanoTime();
      }
      sleep(5);
      long now = System.nanoTime();
      long wanted = Math.min(now - last, 100_000_000) * BYTES_PER_SECOND / 1_000_000_000;
      last = now;
      while (wanted > 0) {
        double pick = random.nextDouble();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        int kind = pick < 0.5 ? 0 : pick < 0.8 ? 1 : 2;
        switch (kind) {
          case 0 -> bytes();
          case 1 -> longs();
          default -> nodes();
        }
        long got = THREADS.getCurrentThreadAllocatedBytes() - before;
        allocated[kind].addAndGet(got);
        wanted -= got;
      }
    }
  }

  /** Some 4 KB, as the others, in objects that are small against an allocation buffer. */
  private static void bytes() {
    for (int i = 0; i < 20; i++) {
      escaped = new byte[190];
    }
  }

  private static void longs() {
    for (int i = 0; i < 20; i++) {
      escaped = new long[24];
    }
  }

  private static void nodes() {
    Node head = null;
    for (int i = 0; i < 170; i++) {
      head = new Node(head, i);
      escaped = head;
    }
  }

  private static final class Node {
    final Node next;
    final int value;

    Node(Node next, int value) {
      this.next = next;
      this.value = value;
    }
  }

  // A park of 60 ms, and one contended monitor that is waited for as long.

  private void park() {
    while (true) {
      gate.pass();
      long begin = System.nanoTime();
      parked();
      parkedNanos.addAndGet(System.nanoTime() - begin);
      parks.incrementAndGet();
      sleep(PAUSE_MILLIS);
    }
  }

  private static void parked() {
    LockSupport.parkNanos(HOLD_MILLIS * 1_000_000);
  }

  private void startContention() {
    Object monitor = new Object();
    CyclicBarrier held = new CyclicBarrier(2);
    CyclicBarrier done = new CyclicBarrier(2);
    Thread holder =
        new Thread(
            () -> {
              while (true) {
                synchronized (monitor) {
                  await(held);
                  sleep(HOLD_MILLIS);
                }
                await(done);
              }
            },
            "truth-holder");
    holder.setDaemon(true);
    holder.start();
    start(
        "truth-waiter",
        () -> {
          while (true) {
            gate.pass();
            await(held);
            waited.addAndGet(contended(monitor));
            waits.incrementAndGet();
            await(done);
            sleep(PAUSE_MILLIS);
          }
        });
  }

  private static long contended(Object monitor) {
    long begin = System.nanoTime();
    synchronized (monitor) {
      return System.nanoTime() - begin;
    }
  }

  // The totals

  private void answer(HttpExchange exchange) throws IOException {
    Map<String, Object> truth = new LinkedHashMap<>();
    truth.put("cpu_nanos", named(cpu, "seventy", "twenty", "ten"));
    truth.put("alloc_bytes", named(allocated, "bytes", "longs", "nodes"));
    truth.put("monitor_waits", waits);
    truth.put("monitor_nanos", waited);
    truth.put("parks", parks);
    truth.put("park_nanos", parkedNanos);
    byte[] body = json(truth).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private void resume(HttpExchange exchange) throws IOException {
    gate.open();
    answer(exchange);
  }

  private void pause(HttpExchange exchange) throws IOException {
    gate.close();
    answer(exchange);
  }

  private static Map<String, Object> named(AtomicLong[] values, String... names) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < names.length; i++) {
      map.put(names[i], values[i]);
    }
    return map;
  }

  private static String json(Map<?, ?> map) {
    List<String> fields = new ArrayList<>();
    map.forEach(
        (name, value) ->
            fields.add(
                "\"" + name + "\":" + (value instanceof Map<?, ?> inner ? json(inner) : value)));
    return "{" + String.join(",", fields) + "}";
  }

  private static AtomicLong[] counters(int count) {
    AtomicLong[] counters = new AtomicLong[count];
    for (int i = 0; i < count; i++) {
      counters[i] = new AtomicLong();
    }
    return counters;
  }

  private void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** All workers pass it between two pieces of work, and wait at it while it is closed. */
  private static final class Gate {
    private final int workers;
    private boolean open;
    private int resting;

    Gate(int workers) {
      this.workers = workers;
    }

    /** Tells whether the caller had to wait. */
    synchronized boolean pass() {
      if (open) {
        return false;
      }
      resting++;
      notifyAll();
      while (!open) {
        await();
      }
      resting--;
      return true;
    }

    synchronized void open() {
      open = true;
      notifyAll();
    }

    synchronized void close() {
      open = false;
      while (resting < workers) {
        await();
      }
    }

    private void await() {
      try {
        wait();
      } catch (InterruptedException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
