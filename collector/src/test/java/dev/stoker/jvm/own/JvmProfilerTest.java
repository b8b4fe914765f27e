package dev.stoker.jvm.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against this very JVM's Flight Recorder. */
public class JvmProfilerTest {
  private final TestClock clock = new TestClock();
  private final JvmProfiler profiler = new JvmProfiler(clock);

  @SuppressWarnings("unused")
  private volatile Object sink = "";

  @AfterEach
  void close() {
    profiler.close();
  }

  @Test
  void allocs_carryGosSampleTypes_andOnlyGrow() throws Exception {
    profiler.read(Duration.ZERO);
    long before = allocate();
    Pprof.Profile first = parse(GoProfile.ALLOCS.encode(null, profiler.read(Duration.ZERO)));
    long once = total(first, 1, "allocate");
    long more = allocate();
    Pprof.Profile second = parse(GoProfile.ALLOCS.encode(null, profiler.read(Duration.ZERO)));
    long twice = total(second, 1, "allocate");

    assertThat(types(first))
        .containsExactly(
            "alloc_objects/count", "alloc_space/bytes", "inuse_objects/count", "inuse_space/bytes");
    assertThat(string(first, first.getDefaultSampleType())).isEqualTo("alloc_space");
    assertThat(once).isBetween(before / 2, before * 3 / 2);
    assertThat(twice).isBetween(once + more / 2, once + more * 3 / 2);
    assertThat(total(second, 3, "allocate")).isZero();
  }

  @Test
  void window_holdsOnlyWhatHappenedInIt() throws Exception {
    profiler.read(Duration.ZERO);
    allocate();
    JvmTotals from = profiler.read(Duration.ZERO);
    long burned = burn();
    JvmTotals to = profiler.read(Duration.ZERO);

    Pprof.Profile allocs = parse(GoProfile.ALLOCS.encode(from, to));
    assertThat(total(allocs, 1, "JvmProfilerTest.allocate")).isZero();
    Pprof.Profile cpu = parse(GoProfile.PROFILE.encode(from, to));
    assertThat(types(cpu)).containsExactly("samples/count", "cpu/nanoseconds");
    assertThat(string(cpu, cpu.getPeriodType().getType())).isEqualTo("cpu");
    assertThat(cpu.getPeriod()).isEqualTo(10_000_000);
    assertThat(total(cpu, 1, "dev/stoker/jvm/own/JvmProfilerTest.burn"))
        .isBetween(burned / 4, burned * 2);
    assertThat(cpu.getDurationNanos()).isEqualTo(to.timeNanos() - from.timeNanos());
    assertThat(cpu.getMapping(0).getHasFunctions()).isTrue();
  }

  @Test
  void contendedMonitor_isMutexAndBlock_park_isBlockOnly() throws Exception {
    profiler.read(Duration.ZERO);
    Waited waited = contend();
    long parked = park();
    JvmTotals totals = profiler.read(Duration.ZERO);
    Pprof.Profile mutex = parse(GoProfile.MUTEX.encode(null, totals));
    Pprof.Profile block = parse(GoProfile.BLOCK.encode(null, totals));

    assertThat(types(mutex)).containsExactly("contentions/count", "delay/nanoseconds");
    assertThat(string(mutex, mutex.getPeriodType().getType())).isEqualTo("contentions");
    assertThat(total(mutex, 0, "JvmProfilerTest.blocked")).isEqualTo(1);
    assertThat(total(mutex, 1, "JvmProfilerTest.blocked"))
        .isBetween(waited.atLeast() * 9 / 10, waited.atMost() * 11 / 10);
    assertThat(total(mutex, 1, "JvmProfilerTest.park")).isZero();
    assertThat(total(block, 1, "JvmProfilerTest.park")).isBetween(parked / 2, parked * 2);
    assertThat(total(block, 1, "JvmProfilerTest.blocked"))
        .isEqualTo(total(mutex, 1, "JvmProfilerTest.blocked"));
  }

  @Test
  void aWaitThatOutlastsReadings_hasItsStack() throws Exception {
    profiler.read(Duration.ZERO);
    Thread waiter = new Thread(JvmProfilerTest::blocked, "waiter");
    synchronized (JvmProfilerTest.class) {
      waiter.start();
      Awaitility.await().until(() -> waiter.getState() == Thread.State.BLOCKED);
      for (int reading = 0; reading < 3; reading++) {
        profiler.read(Duration.ZERO);
      }
    }
    waiter.join();
    Pprof.Profile mutex = parse(GoProfile.MUTEX.encode(null, profiler.read(Duration.ZERO)));

    assertThat(total(mutex, 0, "JvmProfilerTest.blocked")).isEqualTo(1);
  }

  @Test
  void aRecordingThatOthersStopped_beginsAgain() throws Exception {
    JvmTotals before = profiler.read(Duration.ZERO);
    FlightRecorder.getFlightRecorder().getRecordings().stream()
        .filter(recording -> recording.getName().equals("stoker /debug/pprof"))
        .forEach(Recording::close);

    JvmTotals after = profiler.read(Duration.ZERO);
    assertThat(after.life()).isNotEqualTo(before.life());
    allocate();
    assertThat(
            total(
                parse(GoProfile.ALLOCS.encode(null, profiler.read(Duration.ZERO))), 1, "allocate"))
        .isPositive();
  }

  @Test
  void idle_stopsTheRecording_andCountersStartAgainAtZero() throws Exception {
    profiler.read(Duration.ZERO);
    allocate();
    JvmTotals before = profiler.read(Duration.ofMinutes(2));
    assertThat(total(parse(GoProfile.ALLOCS.encode(null, before)), 1, "allocate")).isPositive();

    clock.pass(JvmProfiler.IDLE.plusMinutes(1));
    profiler.stopIfIdle();
    assertThat(profiler.isRecording()).as("a window of two minutes is still open").isTrue();
    clock.pass(Duration.ofMinutes(1));
    profiler.stopIfIdle();
    assertThat(profiler.isRecording()).isFalse();

    JvmTotals after = profiler.read(Duration.ZERO);
    assertThat(total(parse(GoProfile.ALLOCS.encode(null, after)), 1, "allocate")).isZero();
    assertThat(after.life()).isNotEqualTo(before.life());
  }

  /**
   * JFR takes some hundred samples a second, each for all that its thread allocated since the one
   * before: what a burst shorter than that allocates, it may not see.
   *
   * @return bytes, headers of the arrays left out
   */
  private long allocate() {
    long bytes = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < 700_000_000) {
      sink = new byte[1 << 14];
      bytes += 1 << 14;
    }
    return bytes;
  }

  /** CPU nanoseconds that it took. */
  private long burn() {
    long start = System.nanoTime();
    long hash = 1;
    while (System.nanoTime() - start < 600_000_000) {
      for (int i = 0; i < 10_000; i++) {
        hash = hash * 31 + i;
      }
    }
    sink = hash;
    return System.nanoTime() - start;
  }

  private static synchronized void blocked() {}

  /** Nanoseconds for which a thread waited for a monitor. */
  private record Waited(long atLeast, long atMost) {}

  private static Waited contend() throws InterruptedException {
    Thread waiter = new Thread(JvmProfilerTest::blocked, "waiter");
    long begin = System.nanoTime();
    long held;
    synchronized (JvmProfilerTest.class) {
      waiter.start();
      Awaitility.await().until(() -> waiter.getState() == Thread.State.BLOCKED);
      long start = System.nanoTime();
      Awaitility.await().until(() -> System.nanoTime() - start > 50_000_000);
      held = System.nanoTime() - start;
    }
    waiter.join();
    return new Waited(held, System.nanoTime() - begin);
  }

  private static long park() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    long[] parked = new long[1];
    Thread thread =
        new Thread(
            () -> {
              long start = System.nanoTime();
              while (System.nanoTime() - start < 60_000_000) {
                LockSupport.parkNanos(60_000_000);
              }
              parked[0] = System.nanoTime() - start;
              done.countDown();
            });
    thread.start();
    done.await();
    return parked[0];
  }

  public static Pprof.Profile parse(byte[] gzipped) throws Exception {
    return Pprof.Profile.parseFrom(Gzip.inflate(gzipped, 64 << 20));
  }

  static List<String> types(Pprof.Profile profile) {
    List<String> types = new ArrayList<>();
    for (Pprof.ValueType type : profile.getSampleTypeList()) {
      types.add(string(profile, type.getType()) + "/" + string(profile, type.getUnit()));
    }
    return types;
  }

  private static String string(Pprof.Profile profile, long index) {
    return profile.getStringTable((int) index);
  }

  /** Sum of a value over the samples with a function that ends so. */
  static long total(Pprof.Profile profile, int value, String function) {
    Predicate<Pprof.Sample> with =
        sample ->
            sample.getLocationIdList().stream()
                .map(id -> profile.getLocation((int) (id - 1)).getLine(0).getFunctionId())
                .map(id -> string(profile, profile.getFunction((int) (id - 1)).getName()))
                .anyMatch(name -> name.contains(function));
    return profile.getSampleList().stream()
        .filter(with)
        .mapToLong(sample -> sample.getValue(value))
        .sum();
  }

  /** The system's clock, and what the test adds. */
  private static final class TestClock extends Clock {
    private Duration ahead = Duration.ZERO;

    void pass(Duration time) {
      ahead = ahead.plus(time);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
