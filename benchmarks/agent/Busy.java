import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A busy service without sockets of its own: {@code java Busy PORT THREADS}. A line of text on the port is a command, the
 * answer is a line: {@code work} and {@code rest}, {@code ops}, {@code heap} (bytes in use after a collection, at rest),
 * {@code allocated} (bytes that the agent's threads have allocated).
 */
public final class Busy {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final AtomicLong ops = new AtomicLong();
  private static final Map<Long, Long> agent = new ConcurrentHashMap<>();
  private static final Object shared = new Object();
  private static volatile boolean working;
  private static long sum;

  public static void main(String[] args) throws IOException {
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      int seed = i;
      daemon("worker", () -> work(new SplittableRandom(seed)));
    }
    daemon("watch", Busy::watch);
    try (ServerSocket server =
        new ServerSocket(Integer.parseInt(args[0]), 1, InetAddress.getLoopbackAddress())) {
      while (true) {
        try (Socket socket = server.accept();
            OutputStream out = socket.getOutputStream()) {
          String command =
              new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
          out.write((answer(command == null ? "" : command) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
      }
    }
  }

  private static long answer(String command) {
    switch (command) {
      case "work":
        working = true;
        return 0;
      case "rest":
        working = false;
        return 0;
      case "heap":
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      case "allocated":
        return agent.values().stream().mapToLong(Long::longValue).sum();
      default:
        return ops.get();
    }
  }

  /** What a request does: text in, a few hundred objects, sorting, a lock that all share. */
  private static void work(SplittableRandom random) {
    while (true) {
      while (!working) {
        sleep(50);
      }
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        text.append(random.nextInt(1000)).append(',');
      }
      Map<String, Integer> counts = new HashMap<>();
      for (String word : text.toString().split(",")) {
        counts.merge(word, 1, Integer::sum);
      }
      List<String> words = new ArrayList<>(counts.keySet());
      Collections.sort(words);
      synchronized (shared) {
        sum += words.hashCode();
      }
      ops.incrementAndGet();
    }
  }

  /** The agent's threads end two seconds after their last request. */
  private static void watch() {
    while (true) {
      sleep(1000);
      for (java.lang.management.ThreadInfo info : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
        if (info != null && info.getThreadName().startsWith("stoker-agent")) {
          agent.put(info.getThreadId(), THREADS.getThreadAllocatedBytes(info.getThreadId()));
        }
      }
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
