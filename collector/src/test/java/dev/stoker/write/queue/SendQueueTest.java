package dev.stoker.write.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.disk.QueueRoot;
import dev.stoker.write.endpoint.EndpointAccounting;
import dev.stoker.write.endpoint.QueueHarness;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order of a backlog on disk, step by step; the test is the thread of files. */
class SendQueueTest {
  private static final int LEFT = 200;
  private static final QueueConfig CONFIG =
      new QueueConfig(
          400_000,
          Duration.ofMinutes(55),
          64,
          0,
          new QueueConfig.Disk(true, 0, 0, Fsync.DEFAULT, Duration.ZERO));

  private final ManualTimers timers = new ManualTimers(QueueHarness.START);
  private final Queue<Runnable> work = new ArrayDeque<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SendQueue queue =
      new SendQueue(
          CONFIG,
          timers,
          new EndpointAccounting(
              QueueHarness.ID, registry, new QueueGauges(registry, timers), new Verdicts()),
          () -> {});

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path storage;

  @SuppressWarnings("NullAway.Init")
  private StorageFolder folder;

  /** What a run that was killed has left on disk. */
  @BeforeEach
  void recover() {
    QueueHarness before = new QueueHarness(storage, CONFIG);
    before.offer(LEFT, 1_000);
    before.pass(1_000);
    before.kill();
    folder = new StorageFolder(storage);
    DiskQueues queues =
        new DiskQueues(new QueueRoot(folder), DiskFiles.REAL, work::add, Runnable::run);
    QueueHome home = queues.home("name\ntest", "test", "write");
    queues.start();
    queue.attach(queues, home);
    disk();
  }

  @AfterEach
  void close() {
    folder.close();
  }

  @Test
  void whatComesBackFromItsBackOff_doesNotStandBeforeWhatWasReadAhead() {
    List<QueuedProfile> flying = new ArrayList<>();
    while (flying.size() < 64) {
      flying.add(next());
    }
    disk();
    long now = timers.nanoTime() / 1_000_000;
    for (int i = 0; i < flying.size(); i++) {
      queue.putBack(flying.get(i), now + (i >= 1 && i <= 40 ? 100 : 200));
    }
    // The disk is slow: of those that come back first, as many are ordered as there is room for.
    List<QueuedProfile> taken = new ArrayList<>();
    timers.advance(100);
    settle(queue.take(true, any -> false), taken);
    timers.advance(100); // the oldest of all comes back when there is no room left
    settle(queue.take(true, any -> false), taken);
    disk();
    while (settle(nextOrNull(), taken)) {
      // one after the other
    }
    assertThat(taken).hasSize(LEFT).doesNotHaveDuplicates();
  }

  private boolean settle(@Nullable QueuedProfile parcel, List<QueuedProfile> taken) {
    if (parcel == null) {
      return false;
    }
    taken.add(parcel);
    queue.settled(parcel);
    return true;
  }

  private QueuedProfile next() {
    QueuedProfile parcel = nextOrNull();
    assertThat(parcel).isNotNull();
    return Objects.requireNonNull(parcel);
  }

  private @Nullable QueuedProfile nextOrNull() {
    QueuedProfile parcel = queue.take(true, any -> false);
    if (parcel == null) {
      disk();
      parcel = queue.take(true, any -> false);
    }
    return parcel;
  }

  private void disk() {
    while (!work.isEmpty()) {
      work.remove().run();
    }
  }
}
