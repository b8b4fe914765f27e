import io.pyroscope.http.Format;
import io.pyroscope.javaagent.EventType;
import io.pyroscope.javaagent.ProfilerSdk;
import io.pyroscope.javaagent.PyroscopeAgent;
import io.pyroscope.javaagent.api.Logger;
import io.pyroscope.javaagent.config.Config;
import io.pyroscope.labels.v2.LabelsSet;
import io.pyroscope.labels.v2.Pyroscope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Works, allocates, waits and parks under labels, and in spans as OpenTelemetry's extension sets
 * them, and pushes by Pyroscope's Java SDK to the server that is its first argument. The second one
 * is the event: itimer or wall.
 */
public final class Shop {
  private static final Object LOCK = new Object();
  private static final ReentrantLock PARKING = new ReentrantLock();
  private static final List<byte[]> KEPT = new ArrayList<>();
  private static final ProfilerSdk SDK = new ProfilerSdk();
  private static volatile long sink;

  public static void main(String[] args) throws Exception {
    EventType event = EventType.fromId(args[1]);
    PyroscopeAgent.start(
        new Config.Builder()
            .setApplicationName("sdk-java-" + args[1])
            .setServerAddress(args[0])
            .setProfilingEvent(event)
            .setProfilingInterval(Duration.ofMillis(10))
            .setProfilingAlloc("64k")
            .setProfilingLock("1ms")
            .setAllocLive(true)
            .setUploadInterval(Duration.ofSeconds(4))
            .setFormat(Format.JFR)
            .setLabels(Map.of("region", "eu", "pod", "shop-1"))
            .setLogLevel(Logger.Level.INFO)
            .build());
    Thread holder = new Thread(Shop::hold, "holder");
    holder.setDaemon(true);
    holder.start();
    long checkout = SDK.registerConstant("checkout");
    long span = 0x1000_0000_0000_0000L;
    for (long end = System.nanoTime() + 14_000_000_000L; System.nanoTime() < end; span++) {
      long id = span;
      System.out.printf("span %016x%n", id);
      SDK.setTracingContext(id, checkout);
      Pyroscope.LabelsWrapper.run(new LabelsSet("endpoint", "/buy", "step", "pay"), () -> pay());
      SDK.setTracingContext(0, 0);
      Pyroscope.LabelsWrapper.run(new LabelsSet("endpoint", "/look"), () -> look());
    }
    Thread.sleep(5_000); // one more upload
    PyroscopeAgent.stop();
    System.out.println("done " + KEPT.size() + " " + sink);
  }

  private static void pay() {
    busy(30);
    synchronized (LOCK) {
      sink++;
    }
    for (int i = 0; i < 50; i++) {
      KEPT.add(new byte[2_000]);
      sink += new long[500].length;
    }
  }

  private static void look() {
    busy(10);
    PARKING.lock();
    PARKING.unlock();
  }

  private static void hold() {
    while (true) {
      synchronized (LOCK) {
        LockSupport.parkNanos(4_000_000);
      }
      PARKING.lock();
      LockSupport.parkNanos(4_000_000);
      PARKING.unlock();
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void busy(int millis) {
    for (long end = System.nanoTime() + millis * 1_000_000L; System.nanoTime() < end; ) {
      for (int i = 0; i < 10_000; i++) {
        sink += i % 7;
      }
    }
  }
}
