package dev.stoker.write.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.labels.Labels;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.FaultyFiles;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.disk.QueueRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random steps, with a disk that is late, fails, or loses files: after each of them the invariants
 * hold, and every profile is counted once. More steps with <code>-Dqueue.walk.steps</code>.
 */
class QueueWalkTest {
  private static final int RUNS = 5;
  private static final int STEPS = Integer.getInteger("queue.walk.steps", 3_000);

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path storage;

  private final ManualTimers timers = new ManualTimers(1_800_000_000_000L);
  private final FaultyFiles files = new FaultyFiles();
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final Account account = new Account();
  private final List<QueuedProfile> flying = new ArrayList<>();
  private long offered;
  private long settled;
  private int number;

  private static final class Account implements QueueListener {
    long dropped;
    long recovered;

    @Override
    public void dropped(DropReason reason, long bytes, long scrapedAtMillis) {
      dropped++;
    }

    @Override
    public void recovered(DiskLog.Recovered found) {
      recovered += found.entries().size();
    }

    @Override
    public void diskTurned(@Nullable String problem, int waiting) {}

    @Override
    public void closed(int dropped, int kept) {}
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void afterEveryStep_theInvariantsHold(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < RUNS; run++) {
      run(random);
    }
    assertThat(offered).isGreaterThan(100);
    assertThat(settled).isGreaterThan(100);
    assertThat(account.recovered).isPositive();
  }

  /** A second run finds what the first one has left. */
  private void run(SplittableRandom random) throws IOException {
    StorageFolder folder = new StorageFolder(storage);
    DiskQueues queues = new DiskQueues(new QueueRoot(folder), files, work::add, Runnable::run);
    QueueHome home = queues.home("name\nwalk", "walk", "write");
    queues.start();
    SendQueue queue = new SendQueue(config(random), timers, account, () -> {});
    if (random.nextInt(8) > 0) {
      queue.attach(queues, home);
    }
    for (int i = 0; i < STEPS / RUNS; i++) {
      step(queue, home, random);
      check(queue);
    }
    files.room = Long.MAX_VALUE;
    boolean[] closed = {false};
    queue.close(() -> closed[0] = true);
    disk();
    for (int i = 0; i < 100 && !closed[0]; i++) {
      timers.advance(1_000);
      disk();
    }
    assertThat(closed[0]).isTrue();
    flying.clear();
    check(queue);
    // The next run recovers what this one has left.
    account.dropped += queue.waiting();
    queues.stop();
    disk();
    folder.close();
  }

  private void check(SendQueue queue) {
    QueueInvariants.hold(queue);
    assertThat(queue.inFlight()).isEqualTo(flying.size());
    assertThat(offered + account.recovered)
        .as("every profile is counted once")
        .isEqualTo(settled + account.dropped + queue.waiting() + queue.inFlight());
  }

  private void step(SendQueue queue, QueueHome home, SplittableRandom random) throws IOException {
    switch (random.nextInt(17)) {
      case 0, 1, 2, 3 -> offer(queue, random.nextInt(20) == 0 ? 20_000 : random.nextInt(3_000));
      case 4, 5 ->
          take(queue, queue.take(random.nextInt(4) > 0, profile -> random.nextInt(9) == 0));
      case 6 -> take(queue, queue.takeAny(profile -> profile.failures() % 3, 1));
      case 7, 8 -> answer(queue, random, true);
      case 9 -> answer(queue, random, false);
      case 10, 11 -> disk();
      case 12 -> timers.advance(random.nextInt(3_000));
      case 13 -> queue.comeBack(random.nextInt(4));
      case 14 -> rarely(queue, home, random);
      default -> diskOnce();
    }
  }

  private void rarely(SendQueue queue, QueueHome home, SplittableRandom random) throws IOException {
    switch (random.nextInt(7)) {
      case 0 -> queue.endOutage();
      case 1 -> {
        timers.advance(40_000);
        queue.expire();
      }
      case 2 -> queue.configure(config(random));
      case 3 -> files.room = random.nextInt(20_000);
      case 4 -> files.readsUntilError = random.nextInt(3);
      case 5 -> delete(home, random);
      default -> files.room = Long.MAX_VALUE;
    }
  }

  private static QueueConfig config(SplittableRandom random) {
    QueueConfig.Disk disk =
        random.nextInt(6) == 0
            ? QueueConfig.Disk.OFF
            : new QueueConfig.Disk(
                true,
                random.nextBoolean() ? 0 : 64 << 10,
                0,
                Fsync.NEVER,
                Duration.ofMillis(random.nextInt(3_000)));
    long memory = random.nextInt(5) == 0 ? 0 : 5_000 + random.nextInt(40_000);
    return new QueueConfig(memory, Duration.ofMinutes(1), 8, 0, disk);
  }

  private void offer(SendQueue queue, int bytes) {
    offered++;
    Labels labels = Labels.of("n", Integer.toString(number++ % 50));
    DropReason refused =
        queue.offer(OutgoingProfile.of(labels, new byte[bytes], timers.wallMillis()));
    account.dropped += refused == null ? 0 : 1;
  }

  private void take(SendQueue queue, @Nullable QueuedProfile next) {
    if (next != null) {
      assertThat(next.content().body()).hasSize((int) next.bytes());
      flying.add(next);
      if (flying.size() > 8) {
        queue.putBack(flying.remove(0), timers.nanoTime() / 1_000_000 + 500);
      }
    }
  }

  private void answer(SendQueue queue, SplittableRandom random, boolean good) {
    if (flying.isEmpty()) {
      return;
    }
    QueuedProfile profile = flying.remove(random.nextInt(flying.size()));
    if (good) {
      queue.settled(profile);
      settled++;
    } else {
      profile.failed(random.nextBoolean(), settled);
      queue.putBack(profile, timers.nanoTime() / 1_000_000 + random.nextInt(2_000));
    }
  }

  private void delete(QueueHome home, SplittableRandom random) throws IOException {
    if (Files.isDirectory(home.folder())) {
      try (Stream<Path> all = Files.list(home.folder())) {
        List<Path> segments = all.filter(file -> file.toString().endsWith(".seg")).toList();
        if (!segments.isEmpty()) {
          Files.delete(segments.get(random.nextInt(segments.size())));
        }
      }
    }
  }

  private void disk() {
    while (!work.isEmpty()) {
      work.remove().run();
    }
  }

  private void diskOnce() {
    if (!work.isEmpty()) {
      work.remove().run();
    }
  }
}
