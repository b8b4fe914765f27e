package dev.stoker.write.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.labels.Labels;
import dev.stoker.profile.Room;
import dev.stoker.profile.Verdicts;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.FaultyFiles;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.disk.QueueRoot;
import dev.stoker.write.endpoint.EndpointAccounting;
import dev.stoker.write.endpoint.QueueHarness;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pushed profile, whose sender has an answer, is given up for no other one. */
class PushedProfilesTest {
  private static final int BODY = 3_000;

  private final ManualTimers timers = new ManualTimers(QueueHarness.START);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final EndpointAccounting accounting =
      new EndpointAccounting(
          QueueHarness.ID, registry, new QueueGauges(registry, timers), new Verdicts());
  private final Queue<Runnable> work = new ArrayDeque<>();
  @TempDir Path storage;

  private SendQueue queue(QueueConfig.Disk disk) {
    return queue(10_000, disk);
  }

  private SendQueue queue(long memory, QueueConfig.Disk disk) {
    QueueConfig config = new QueueConfig(memory, Duration.ofMinutes(55), 64, 0, disk);
    return new SendQueue(config, timers, accounting, () -> {});
  }

  private OutgoingProfile profile(long origin) {
    return new OutgoingProfile(
        Labels.of("__name__", "cpu"), "", new byte[BODY], timers.wallMillis(), origin);
  }

  private OutgoingProfile pushed() {
    return profile(Verdicts.PUSHED);
  }

  private OutgoingProfile scraped() {
    return profile(Verdicts.NOBODY);
  }

  @Test
  void inMemory_pushedOnesStay_andScrapedOnesGiveWay() {
    SendQueue queue = queue(QueueConfig.Disk.OFF);
    assertThat(queue.offer(scraped())).isNull();
    assertThat(queue.offer(pushed())).isNull();
    assertThat(queue.offer(pushed())).isNull();

    assertThat(queue.hasRoom(pushed(), new Room())).isTrue();
    assertThat(queue.offer(pushed())).isNull();
    assertThat(queue.waiting()).isEqualTo(3);

    assertThat(queue.hasRoom(pushed(), new Room())).isFalse();
    assertThat(queue.offer(pushed())).isEqualTo(DropReason.BYTES);
    assertThat(queue.offer(scraped())).isEqualTo(DropReason.BYTES);
    assertThat(queue.waiting()).isEqualTo(3);
  }

  @Test
  void room_isPromisedToTheWholeBatch_andTakesNothing() {
    SendQueue queue = queue(QueueConfig.Disk.OFF);
    Room batch = new Room();

    assertThat(queue.hasRoom(pushed(), batch)).isTrue();
    assertThat(queue.hasRoom(pushed(), batch)).isTrue();
    assertThat(queue.hasRoom(pushed(), batch)).isTrue();
    assertThat(queue.hasRoom(pushed(), batch)).isFalse();
    assertThat(queue.hasRoom(pushed(), new Room())).isTrue();
    assertThat(queue.waiting()).isZero();
  }

  @Test
  void onDisk_nothingIsPushedOut_andPushedOnesNotByScrapedOnesEither() {
    StorageFolder folder = new StorageFolder(storage);
    DiskQueues queues =
        new DiskQueues(new QueueRoot(folder), DiskFiles.REAL, work::add, Runnable::run);
    SendQueue queue =
        queue(new QueueConfig.Disk(true, 100_000, 0, Fsync.NEVER, Duration.ofMillis(10)));
    queues.start();
    queue.attach(queues, queues.home("name\ntest", "test", "write"));
    disk();

    int taken = 0;
    while (queue.hasRoom(pushed(), new Room()) && taken < 1_000) {
      assertThat(queue.offer(pushed())).isNull();
      taken++;
      timers.advance(20);
      disk();
    }

    assertThat(taken).isBetween(15, 32);
    assertThat(queue.offer(pushed())).isEqualTo(DropReason.DISK);
    assertThat(queue.offer(scraped())).isEqualTo(DropReason.DISK);
    assertThat(queue.waiting()).isEqualTo(taken);
    folder.close();
  }

  @Test
  void onDisk_whatIsSettledBesidePushedOnes_takesRoomToo() {
    StorageFolder folder = new StorageFolder(storage);
    DiskQueues queues =
        new DiskQueues(new QueueRoot(folder), DiskFiles.REAL, work::add, Runnable::run);
    SendQueue queue =
        queue(new QueueConfig.Disk(true, 400_000, 0, Fsync.NEVER, Duration.ofMillis(10)));
    queues.start();
    queue.attach(queues, queues.home("name\ntest", "test", "write"));
    disk();

    int kept = 0;
    int taken = 0;
    while (queue.hasRoom(pushed(), new Room()) && taken < 1_000) {
      assertThat(queue.offer(pushed())).isNull();
      taken++;
      timers.advance(20);
      disk();
      QueuedProfile next = Objects.requireNonNull(queue.take(false, any -> false));
      if (taken % 5 != 0) {
        queue.settled(next);
      } else { // it waits for long, and soon on disk only
        queue.putBack(next, timers.nanoTime() / 1_000_000 + 3_600_000);
        kept++;
      }
      disk();
      assertThat(queue.waiting()).isEqualTo(kept);
    }

    assertThat(taken).isBetween(90, 160);
    folder.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1 << 30})
  void recordsOfTheFiles_areBoundedToo_withAndWithoutABoundOfMemory(long memory) {
    StorageFolder folder = new StorageFolder(storage);
    DiskQueues queues =
        new DiskQueues(new QueueRoot(folder), DiskFiles.REAL, work::add, Runnable::run);
    SendQueue queue =
        queue(
            memory, new QueueConfig.Disk(true, 256 << 20, 0, Fsync.NEVER, Duration.ofMinutes(50)));
    queues.start();
    queue.attach(queues, queues.home("name\ntest", "test", "write"));
    disk();

    int taken = 0;
    OutgoingProfile small =
        new OutgoingProfile(
            Labels.of("__name__", "cpu"), "", new byte[1], timers.wallMillis(), Verdicts.PUSHED);
    while (queue.hasRoom(small, new Room()) && taken < 100_000) {
      assertThat(queue.offer(small)).isNull();
      taken++;
    }

    assertThat(taken).isBetween(60_000, 65_536);
    assertThat(queue.offer(small)).isEqualTo(DropReason.DISK);
    folder.close();
  }

  @Test
  void whileTheDiskIsIll_nothingIsTakenThatWouldPushOutWhatIsOnIt() {
    StorageFolder folder = new StorageFolder(storage);
    FaultyFiles files = new FaultyFiles();
    DiskQueues queues = new DiskQueues(new QueueRoot(folder), files, work::add, Runnable::run);
    SendQueue queue =
        queue(new QueueConfig.Disk(true, 100_000, 0, Fsync.NEVER, Duration.ofMillis(10)));
    queues.start();
    queue.attach(queues, queues.home("name\ntest", "test", "write"));
    disk();
    int taken = 0;
    while (hasRoomForTwo(queue) && taken < 1_000) {
      assertThat(queue.offer(pushed())).isNull();
      taken++;
      timers.advance(20);
      disk();
    }
    assertThat(taken).isBetween(14, 32);

    files.room = 0;
    assertThat(queue.offer(pushed())).as("the last one that has room").isNull();
    timers.advance(20);
    disk();

    assertThat(queue.hasRoom(pushed(), new Room()))
        .as("it would be written when the disk is well again")
        .isFalse();
    assertThat(queue.offer(pushed())).isEqualTo(DropReason.DISK);
    assertThat(queue.waiting()).isEqualTo(taken + 1);
    folder.close();
  }

  private void disk() {
    for (Runnable next = work.poll(); next != null; next = work.poll()) {
      next.run();
    }
  }

  private boolean hasRoomForTwo(SendQueue queue) {
    Room batch = new Room();
    boolean first = queue.hasRoom(pushed(), batch);
    boolean second = queue.hasRoom(pushed(), batch);
    return first && second;
  }
}
