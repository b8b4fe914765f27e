package dev.stoker.write.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.labels.Labels;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.DiskQueues;
import dev.stoker.write.disk.FaultyFiles;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.disk.QueueInspection;
import dev.stoker.write.disk.QueueRoot;
import dev.stoker.write.endpoint.EndpointStatus.State;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.queue.DropReason;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory lane, disk lane and delivery together; the identity holds after every test. */
class DiskLaneTest {
  private static final SendResult UNAVAILABLE =
      new SendResult.Retryable(Kind.UNAVAILABLE, "500 down", null);
  private static final SendResult ACCEPTED = new SendResult.Accepted();

  @TempDir private Path storage;

  @SuppressWarnings("NullAway.Init") // each test opens its own
  private QueueHarness queue;

  @AfterEach
  void identityHolds() {
    queue.identityHolds();
  }

  @Test
  void healthy_neverTouchesTheDisk() throws IOException {
    queue = open(100_000, 0);
    for (int i = 0; i < 50; i++) {
      queue.offer(4, 1_000);
      queue.pass(500);
      queue.answerAll(ACCEPTED);
    }
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(200);
    assertThat(segments()).isEmpty();
  }

  @Test
  void unsettledAfterSpillAfter_inFlightOrNot_isOnDisk_andGoneWhenSettled() throws IOException {
    queue = open(100_000, 0);
    queue.offer(6, 1_000);
    queue.pass(1_900);
    assertThat(onDisk()).isZero();
    queue.pass(200);
    assertThat(onDisk()).isEqualTo(6);
    queue.answerAll(ACCEPTED);
    queue.pass(1_100);
    assertThat(onDisk()).isZero();
    assertThat(segments()).isEmpty();
  }

  @Test
  void killed_losesNothingThatWasSpilled_andSendsItWithItsOwnTimes() throws IOException {
    queue = open(100_000, 0);
    queue.offer(6, 1_000);
    queue.pass(2_100);
    queue.offer(3, 1_000);
    queue.kill();
    queue = open(100_000, 0);
    assertThat(queue.endpoint.status().counts().recovered()).isEqualTo(6);
    queue.drain(60_000);
    assertThat(queue.sentNumbers()).containsExactly("0", "1", "2", "3", "4", "5");
    assertThat(queue.tries.get(5).push().scrapedAtMillis()).isEqualTo(QueueHarness.START + 5);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(6);
    queue.pass(1_100);
    assertThat(segments()).isEmpty();
  }

  @Test
  void stopped_persistsAllThatIsLeft_andCountsNothingAsClosed() throws IOException {
    queue = open(100_000, 0);
    queue.offer(9, 1_000);
    queue.stop();
    assertThat(queue.dropped(DropReason.CLOSED)).isZero();
    assertThat(queue.load()).isEqualTo(9);
    assertThat(onDisk()).isEqualTo(9);
    queue.identityHolds();
    queue = open(100_000, 0);
    assertThat(queue.endpoint.status().counts().recovered()).isEqualTo(9);
    queue.drain(60_000);
    assertThat(queue.sentNumbers()).hasSize(9).doesNotHaveDuplicates();
  }

  @Test
  void deliveredOutOfOrder_onlyTheUnsettledComeBack() throws IOException {
    queue = open(100_000, 0);
    queue.offer(4, 1_000);
    queue.pass(2_100);
    queue.tries.get(1).answer().complete(ACCEPTED);
    queue.tries.get(3).answer().complete(new SendResult.Rejected("400 no"));
    queue.disk();
    queue.kill();
    queue = open(100_000, 0);
    queue.drain(60_000);
    assertThat(queue.sentNumbers()).containsExactly("0", "2");
  }

  @Test
  void settledBeforeItsSpillWasWritten_isNotSentAgain() throws IOException {
    queue = open(100_000, 0);
    queue.offer(4, 1_000);
    queue.timers.advance(2_100); // ordered, not written
    queue.tries.get(0).answer().complete(ACCEPTED);
    queue.disk();
    queue.kill();
    queue = open(100_000, 0);
    queue.drain(60_000);
    assertThat(queue.sentNumbers()).containsExactly("1", "2", "3");
  }

  @Test
  void outage_largerThanMemory_losesNothing_freshGoFirst() throws IOException {
    queue = open(50_000, 0);
    goDown();
    for (int i = 0; i < 200; i++) {
      queue.offer(1, 1_000);
      queue.pass(100);
      queue.answerAll(UNAVAILABLE);
    }
    assertThat(queue.endpoint.status().state()).isEqualTo(State.DOWN);
    assertThat(queue.load()).isEqualTo(204);
    assertThat(queue.dropped(DropReason.BYTES) + queue.dropped(DropReason.DISK)).isZero();
    queue.pass(10_000);
    int before = queue.tries.size();
    queue.tries.get(before - 1).answer().complete(ACCEPTED); // the probe
    queue.disk();
    queue.offer(1, 1_000);
    queue.pass(10_000);
    queue.drain(120_000);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(205);
    List<String> after = queue.sentNumbers().subList(before, queue.tries.size());
    assertThat(after.indexOf("204")).as("the fresh one's place").isLessThan(4);
    assertThat(new HashSet<>(queue.sentNumbers())).hasSize(205);
  }

  @Test
  void backlog_keepsItsRate_andFreshOnesDoNotWaitForIt() throws IOException {
    queue = open(1_000_000, 10_000);
    goDown();
    queue.offer(100, 1_000);
    queue.pass(3_000);
    queue.answerAll(UNAVAILABLE);
    queue.pass(10_000);
    queue.answerAll(ACCEPTED);
    long sentAtReturn = queue.endpoint.status().counts().sent();
    for (int i = 0; i < 50; i++) {
      queue.pass(100);
      queue.answerAll(ACCEPTED);
    }
    long inFiveSeconds = queue.endpoint.status().counts().sent() - sentAtReturn;
    assertThat(inFiveSeconds).isBetween(45L, 55L);
    queue.offer(1, 1_000);
    assertThat(queue.sentNumbers().get(queue.tries.size() - 1)).isEqualTo("104");
    queue.answerAll(ACCEPTED);
    queue.drain(60_000);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(105);
  }

  @Test
  void throttled_halvesTheBacklogsRate() throws IOException {
    queue = open(1_000_000, 10_000);
    goDown();
    queue.offer(100, 1_000);
    queue.pass(13_000);
    queue.answerAll(ACCEPTED);
    queue.pass(100);
    queue.answerAll(new SendResult.Retryable(Kind.THROTTLED, "429", 0L));
    queue.pass(100);
    queue.answerAll(ACCEPTED);
    long before = queue.endpoint.status().counts().sent();
    for (int i = 0; i < 20; i++) {
      queue.pass(100);
      queue.answerAll(ACCEPTED);
    }
    assertThat(queue.endpoint.status().counts().sent() - before).isBetween(6L, 14L);
    queue.drain(120_000);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(104);
  }

  @Test
  void diskBound_dropsTheOldest_counted() throws IOException {
    queue =
        new QueueHarness(
            storage, config(20_000, 0, new QueueConfig.Disk(true, 1 << 20, 0, Fsync.NEVER, ms(2))));
    goDown();
    for (int i = 0; i < 400; i++) {
      queue.offer(1, 5_000);
      queue.pass(100);
      queue.answerAll(UNAVAILABLE);
    }
    long dropped = queue.dropped(DropReason.BYTES);
    long held = queue.load() * 5_100;
    assertThat(held).as("close to what it may").isBetween((1L << 20) * 9 / 10, (1L << 20) + 40_000);
    assertThat(size(queue.home.folder())).isLessThanOrEqualTo(1 << 20);
    queue.identityHolds();
    queue.pass(10_000);
    queue.drain(600_000);
    assertThat(queue.sentNumbers()).contains("403");
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(404 - dropped);
  }

  @Test
  void smallProfiles_fillASmallBound_andGoOneByOne() throws IOException {
    queue =
        new QueueHarness(
            storage,
            config(64 << 10, 0, new QueueConfig.Disk(true, 1 << 20, 0, Fsync.NEVER, ms(2))));
    goDown();
    long most = 0;
    for (int i = 0; i < 4_000; i++) {
      long before = queue.dropped(DropReason.BYTES);
      queue.offer(1, 300);
      queue.pass(100);
      queue.answerAll(UNAVAILABLE);
      most = Math.max(most, queue.dropped(DropReason.BYTES) - before);
    }
    assertThat(queue.dropped(DropReason.BYTES)).isPositive();
    assertThat(most).as("at a stroke").isLessThanOrEqualTo(5);
    assertThat(queue.load()).isGreaterThan((1 << 20) * 9 / 10 / 400);
    assertThat(size(queue.home.folder())).isLessThanOrEqualTo(1 << 20);
    long left = queue.load();
    queue.stop();
    queue = open(64 << 10, 0);
    assertThat(queue.endpoint.status().counts().recovered()).isEqualTo(left);
  }

  @Test
  void tooOld_isDroppedFromTheDiskToo() throws IOException {
    queue = open(20_000, 0);
    goDown();
    queue.offer(50, 1_000);
    queue.pass(5_000);
    queue.pass(56 * 60_000);
    queue.answerAll(UNAVAILABLE);
    queue.pass(1_200_000);
    assertThat(queue.dropped(DropReason.AGE)).isGreaterThanOrEqualTo(50);
  }

  @Test
  void wallClockSetForward_dropsNothing_andTheAgeOfTheOldestStaysTrue() throws IOException {
    queue = open(20_000, 0);
    goDown();
    queue.endpoint.start();
    queue.offer(50, 1_000);
    queue.pass(5_000);
    queue.timers.jumpWallClock(3_600_000);
    queue.pass(12_000);
    queue.answerAll(UNAVAILABLE);
    assertThat(queue.dropped(DropReason.AGE)).isZero();
    assertThat(queue.registry.get("stoker.queue.oldest").gauge().value()).isBetween(16.0, 18.0);
    queue.pass(10_000);
    queue.drain(60_000);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(54);
  }

  @Test
  void whatAFormerLifeLeft_isJudgedByTheWallClock_andIsNeverFromTheFuture() throws IOException {
    queue = open(100_000, 0);
    queue.offer(6, 1_000);
    queue.pass(2_100);
    queue.kill();
    long later = QueueHarness.START + 50 * 60_000;
    queue = new QueueHarness(storage, config(100_000, 0, disk()), DiskFiles.REAL, timers(later));
    goDownWithBacklog();
    queue.pass(4 * 60_000);
    assertThat(queue.dropped(DropReason.AGE)).isZero();
    queue.pass(2 * 60_000);
    assertThat(queue.dropped(DropReason.AGE)).as("one is the probe").isEqualTo(5);
    queue.offer(6, 1_000);
    queue.pass(2_100);
    queue.kill();
    queue = new QueueHarness(storage, config(100_000, 0, disk()), DiskFiles.REAL, timers(0));
    assertThat(queue.endpoint.status().counts().recovered()).isPositive();
    goDownWithBacklog();
    queue.pass(54 * 60_000);
    assertThat(queue.dropped(DropReason.AGE)).as("a clock set back at the restart").isZero();
  }

  private static ManualTimers timers(long wallMillis) {
    return new ManualTimers(wallMillis);
  }

  private void goDownWithBacklog() {
    queue.offer(4, 1_000);
    queue.answerAll(UNAVAILABLE);
  }

  @Test
  void fullDisk_goesOnInMemory_countsWhatItLoses_andRecoversByItself() throws IOException {
    FaultyFiles files = new FaultyFiles();
    queue = open(20_000, files);
    goDown();
    queue.offer(10, 1_000);
    files.room = 2_500; // runs out in the middle of a record
    queue.pass(3_000);
    assertThat(onDisk()).isBetween(1L, 3L);
    queue.offer(30, 1_000);
    queue.identityHolds();
    assertThat(queue.dropped(DropReason.DISK)).isPositive();
    long lost = queue.dropped(DropReason.DISK);
    files.room = Long.MAX_VALUE;
    queue.pass(12_000);
    queue.offer(30, 1_000);
    queue.pass(3_000);
    assertThat(queue.dropped(DropReason.DISK)).isEqualTo(lost);
    queue.drain(120_000);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(74 - lost);
  }

  @Test
  void aReadThatEndsWithAnError_costsThatProfileAlone() throws IOException {
    FaultyFiles files = new FaultyFiles();
    queue = open(20_000, files);
    goDown();
    queue.offer(40, 1_000);
    queue.pass(3_000);
    assertThat(queue.dropped(DropReason.DISK)).isZero();
    files.readsUntilError = 10;
    queue.drain(120_000);
    assertThat(files.readsUntilError).isNegative();
    assertThat(queue.dropped(DropReason.DISK)).isEqualTo(1);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(43);
  }

  @Test
  void readOnlyDisk_deliversFromMemoryAndFromTheDisk() throws IOException {
    FaultyFiles files = new FaultyFiles();
    queue = open(20_000, files);
    goDown();
    queue.offer(40, 1_000);
    queue.pass(3_000);
    files.readOnly = true;
    queue.pass(12_000);
    queue.drain(120_000);
    queue.offer(5, 1_000);
    queue.drain(10_000);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(49);
    files.readOnly = false;
    queue.pass(2_000);
    assertThat(segments()).isEmpty();
  }

  @Test
  void lessThanMinFree_isNotWritten_andNothingIsThrownAwayInVain() throws IOException {
    FaultyFiles files = new FaultyFiles();
    queue =
        new QueueHarness(
            storage,
            config(20_000, 0, new QueueConfig.Disk(true, 0, 1 << 20, Fsync.NEVER, Duration.ZERO)),
            files,
            new ManualTimers(QueueHarness.START));
    files.free = 2 << 20;
    goDown();
    queue.offer(10, 1_000);
    queue.pass(1_000);
    assertThat(onDisk()).isEqualTo(14);
    files.free = 1 << 10;
    queue.offer(10, 1_000);
    queue.pass(1_000);
    assertThat(onDisk()).isEqualTo(14);
    files.free = 2 << 20;
    queue.pass(6_000);
    assertThat(onDisk()).isEqualTo(24);
  }

  @Test
  void deletedFolder_losesOnlyWhatWasOnlyThere_andGoesOn() throws IOException {
    queue = open(20_000, 0);
    goDown();
    queue.offer(60, 1_000);
    queue.pass(3_000);
    delete(storage.resolve("queue"));
    queue.pass(3_000);
    long lost = queue.dropped(DropReason.DISK);
    assertThat(lost).isBetween(30L, 50L);
    queue.offer(5, 1_000);
    queue.pass(5_000);
    assertThat(onDisk()).isEqualTo(69 - lost);
    queue.pass(10_000);
    queue.drain(60_000);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(69 - lost);
  }

  @Test
  void damagedRecord_isDroppedWhenItsTurnComes() throws IOException {
    queue = open(5_000, 0);
    goDown();
    queue.offer(30, 1_000);
    queue.pass(3_000);
    Path segment = segments().get(0);
    byte[] bytes = Files.readAllBytes(segment);
    bytes[5_000] ^= 1;
    Files.write(segment, bytes);
    queue.pass(10_000);
    queue.drain(60_000);
    assertThat(queue.dropped(DropReason.DISK)).isEqualTo(1);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(33);
  }

  @Test
  void zeroedMiddle_isCountedAsDropped_andTheRestIsSent() throws IOException {
    queue = open(1_000_000, 0);
    queue.offer(100, 1_000);
    queue.pass(2_500);
    queue.kill();
    Path segment = segments().get(0);
    byte[] bytes = Files.readAllBytes(segment);
    java.util.Arrays.fill(bytes, 20_000, 40_000, (byte) 0);
    Files.write(segment, bytes);
    queue = open(1_000_000, 0);
    long lost = queue.dropped(DropReason.DISK);
    assertThat(lost).isBetween(18L, 21L);
    assertThat(queue.endpoint.status().counts().recovered()).isEqualTo(100);
    assertThat(
            queue
                .registry
                .get("pyroscope.write.dropped.profiles")
                .tag("reason", "disk")
                .counter()
                .count())
        .isEqualTo(lost);
    queue.drain(60_000);
    assertThat(queue.sentNumbers()).hasSize(100 - (int) lost).contains("0", "99");
  }

  @Test
  void poisonFromTheDisk_isSetAside() throws IOException {
    queue = open(1_000_000, 0);
    queue.offer(2, 1_000);
    queue.pass(2_500);
    queue.kill();
    queue = open(1_000_000, 0);
    queue.disk();
    OutgoingProfile poison = queue.tries.get(0).push();
    int answered = 0;
    for (int i = 0; i < 200 && queue.dropped(DropReason.POISON) == 0; i++) {
      queue.offer(1, 1_000);
      for (; answered < queue.tries.size(); answered++) {
        QueueHarness.Sent sent = queue.tries.get(answered);
        boolean bad = sent.push().labels().equals(poison.labels());
        sent.answer().complete(bad ? UNAVAILABLE : ACCEPTED);
        queue.disk();
      }
      queue.pass(30_000);
    }
    assertThat(queue.dropped(DropReason.POISON)).isEqualTo(1);
    assertThat(queue.endpoint.status().setAside().get(0).answer()).isEqualTo("500 down");
    queue.tries.forEach(sent -> sent.answer().tryComplete(ACCEPTED));
    queue.stop();
    assertThat(onDisk()).isZero();
  }

  /** The server answers a series that it does not take so late that all its room is taken. */
  @Test
  void theBacklogOfAFailingSeries_isNotReadAgain_whileItHasToWait() {
    FaultyFiles files = new FaultyFiles();
    queue = open(50_000, files);
    queue.endpoint.offer(of("bad"));
    answer("bad", UNAVAILABLE);
    queue.endpoint.offer(of("good"));
    answer("good", ACCEPTED);
    queue.pass(1_000);
    assertThat(answer("bad", UNAVAILABLE)).isEqualTo(1);
    for (int i = 0; i < 200; i++) {
      queue.endpoint.offer(of("bad"));
      queue.disk();
    }
    queue.pass(5_000);
    assertThat(queue.endpoint.status().load().inFlight()).isEqualTo(2);
    long before = files.reads;
    for (int i = 0; i < 60; i++) {
      queue.pass(1_000);
      queue.endpoint.offer(of("good"));
      queue.disk();
      assertThat(answer("good", ACCEPTED)).as("others do not wait").isEqualTo(1);
    }
    assertThat(files.reads - before).isLessThan(300);
    answer("bad", ACCEPTED);
    queue.drain(60_000);
    assertThat(queue.endpoint.status().counts().sent()).isEqualTo(1 + 60 + 201);
  }

  private OutgoingProfile of(String service) {
    OutgoingProfile any = queue.push(1_000);
    return OutgoingProfile.of(
        Labels.of("__name__", "x", "service_name", service), any.body(), any.scrapedAtMillis());
  }

  /** How many had no answer yet. */
  private long answer(String service, SendResult result) {
    return List.copyOf(queue.tries).stream()
        .filter(sent -> service.equals(sent.push().labels().get("service_name")))
        .filter(sent -> sent.answer().tryComplete(result))
        .count();
  }

  @Test
  void secondDaemon_isRefused() {
    queue = open(20_000, 0);
    DiskQueues second =
        new DiskQueues(
            new QueueRoot(new StorageFolder(storage)),
            DiskFiles.REAL,
            Runnable::run,
            Runnable::run);
    assertThat(second.start().cause())
        .hasMessageContaining("is in use by another Stoker (pid " + ProcessHandle.current().pid())
        .hasMessageContaining("--storage");
  }

  private QueueHarness open(long memory, long backlogRate) {
    return new QueueHarness(storage, config(memory, backlogRate, disk()));
  }

  private QueueHarness open(long memory, DiskFiles files) {
    return new QueueHarness(
        storage, config(memory, 0, disk()), files, new ManualTimers(QueueHarness.START));
  }

  private static QueueConfig.Disk disk() {
    return new QueueConfig.Disk(true, 0, 0, Fsync.DEFAULT, ms(2_000));
  }

  private static QueueConfig config(long memory, long backlogRate, QueueConfig.Disk disk) {
    return new QueueConfig(memory, Duration.ofMinutes(55), 4, backlogRate, disk);
  }

  private static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  /** Four profiles fail. */
  private void goDown() {
    queue.offer(4, 1_000);
    queue.answerAll(UNAVAILABLE);
    assertThat(queue.endpoint.status().state()).isEqualTo(State.DOWN);
  }

  private long onDisk() throws IOException {
    return QueueInspection.read(storage).stream().mapToLong(QueueInspection.Queue::profiles).sum();
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.walk(storage)) {
      return files.filter(file -> file.toString().endsWith(".seg")).sorted().toList();
    }
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
