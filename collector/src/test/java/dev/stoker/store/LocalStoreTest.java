package dev.stoker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.files.StorageFolder;
import dev.stoker.store.StoreCounters.Reason;
import dev.stoker.store.StoreQueries.Query;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalStoreTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final ProfileTypeId CPU =
      ProfileTypeId.parse("process_cpu:cpu:nanoseconds:cpu:nanoseconds").orElseThrow();

  @TempDir Path storage;
  private @Nullable StorageFolder daemon;
  private final ManualTimers time = new ManualTimers(NOW);
  private final CpuPool cpu = new CpuPool(1);

  @AfterEach
  void closePool() {
    cpu.close();
  }

  private LocalStore store(long maxSize) {
    StorageFolder taken = daemon;
    if (taken == null) {
      taken = new StorageFolder(storage);
      daemon = taken;
    }
    return new LocalStore(
        new StoreConfig("stoker.store.t", Duration.ofHours(1), maxSize), taken, time);
  }

  private LocalStore started() {
    LocalStore store = store(64 << 20);
    await(store.start());
    return store;
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static boolean append(LocalStore store, long atMillis, byte[] body) {
    return store.append(TestProfiles.of("svc", "process_cpu", atMillis, body));
  }

  private FlameGraph flame(LocalStore store, long from, long until) {
    return await(
        new StoreQueries(() -> List.of(store), cpu)
            .flameGraph(new Query("svc", CPU, from, until, 100)));
  }

  private Path folder() {
    return storage.resolve("store/stoker.store.t");
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(f -> f.toString().endsWith(".seg")).sorted().toList();
    }
  }

  @Test
  void range_isInclusiveAtItsStartAndExclusiveAtItsEnd() {
    LocalStore store = started();
    append(store, NOW - 3000, TestProfiles.cpu(1));
    append(store, NOW - 2000, TestProfiles.cpu(10));
    append(store, NOW - 1000, TestProfiles.cpu(100));
    assertThat(flame(store, NOW - 3000, NOW - 1000).root().value()).isEqualTo(11);
    assertThat(flame(store, NOW - 2000, NOW).root().value()).isEqualTo(110);
    await(store.stop());
  }

  @Test
  void restart_findsWhatWasWritten() {
    LocalStore first = started();
    append(first, NOW, TestProfiles.cpu(7));
    await(first.stop());
    LocalStore second = started();
    append(second, NOW, TestProfiles.cpu(5));
    assertThat(flame(second, 0, NOW + 1).root().value()).isEqualTo(12);
    await(second.stop());
  }

  @Test
  void privateLabels_areNotKeptButTheName() {
    LocalStore store = started();
    append(store, NOW, TestProfiles.cpu(7));
    assertThat(await(store.select(s -> true, 0, NOW + 1)).get(0).series().labels().toMap())
        .containsOnlyKeys("__name__", "instance", "service_name");
    await(store.stop());
  }

  @Test
  void retention_hidesAtOnceAndDeletesFilesByTimer() throws IOException {
    LocalStore store = started();
    append(store, NOW, TestProfiles.cpu(7));
    assertThat(flame(store, 0, Long.MAX_VALUE).source().profiles()).isEqualTo(1);
    time.advance(Duration.ofMinutes(61).toMillis());
    assertThat(flame(store, 0, Long.MAX_VALUE).source().profiles()).isZero();
    assertThat(segments()).isEmpty();
    assertThat(store.counters().evicted()).isEqualTo(1);
    await(store.stop());
  }

  @Test
  void maxSize_holdsAndTheOldestGoFirst() throws IOException {
    LocalStore store = store(1 << 20);
    await(store.start());
    byte[] body = new byte[20_000];
    new Random(1).nextBytes(body);
    for (int i = 0; i < 200; i++) {
      append(store, NOW + i, body);
    }
    List<StoredRecord> kept = await(store.select(s -> true, 0, Long.MAX_VALUE));
    long onDisk = 0;
    for (Path segment : segments()) {
      onDisk += Files.size(segment);
    }
    assertThat(onDisk).isLessThanOrEqualTo(1 << 20).isEqualTo(store.counters().bytes());
    assertThat(kept.size()).isBetween(40, 52);
    assertThat(kept.get(kept.size() - 1).atMillis()).isEqualTo(NOW + 199);
    assertThat(kept.get(0).atMillis()).isEqualTo(NOW + 200 - kept.size());
    await(store.stop());
  }

  @Test
  void hugeProfile_isRefusedAndCounted() {
    LocalStore store = store(1 << 20);
    await(store.start());
    assertThat(append(store, NOW, new byte[300_000])).isFalse();
    assertThat(store.counters().count(Reason.TOO_LARGE)).isEqualTo(1);
    await(store.stop());
    assertThat(append(store, NOW, TestProfiles.cpu(1))).isFalse();
    assertThat(store.counters().count(Reason.CLOSED)).isEqualTo(1);
  }

  @Test
  void tornFile_keepsWhatIsWhole() throws IOException {
    LocalStore first = started();
    append(first, NOW, TestProfiles.cpu(7));
    append(first, NOW + 1, TestProfiles.cpu(8));
    await(first.stop());
    Path segment = segments().get(0);
    try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      file.truncate(file.size() - 3);
    }
    LocalStore second = started();
    assertThat(flame(second, 0, Long.MAX_VALUE).root().value()).isEqualTo(7);
    assertThat(second.counters().count(Reason.TORN)).isEqualTo(1);
    await(second.stop());
  }

  @Test
  void flippedBit_costsOneProfile() throws IOException {
    LocalStore first = started();
    append(first, NOW, TestProfiles.cpu(7));
    append(first, NOW + 1, TestProfiles.cpu(8));
    await(first.stop());
    Path segment = segments().get(0);
    byte[] bytes = Files.readAllBytes(segment);
    bytes[bytes.length - 20] ^= 4;
    Files.write(segment, bytes);
    LocalStore second = started();
    FlameGraph graph = flame(second, 0, Long.MAX_VALUE);
    assertThat(graph.root().value()).isEqualTo(7);
    assertThat(graph.source().skipped()).isEqualTo(1);
    await(second.stop());
  }

  @Test
  void damagedHead_costsThatProfile_andIsCounted() throws IOException {
    LocalStore first = started();
    for (int i = 0; i < 20; i++) {
      append(first, NOW + i, TestProfiles.cpu(1));
    }
    await(first.stop());
    Path segment = segments().get(0);
    byte[] bytes = Files.readAllBytes(segment);
    int third = bytes.length / 3;
    java.util.Arrays.fill(bytes, third, 2 * third, (byte) 0);
    Files.write(segment, bytes);
    LocalStore second = started();
    long left = flame(second, 0, Long.MAX_VALUE).root().value();
    assertThat(left).isBetween(11L, 14L);
    assertThat(second.counters().count(Reason.TORN)).isBetween(6L, 9L);
    await(second.stop());
  }

  @Test
  void copiesLinksAndLaterVersions_areLeftAlone() throws IOException {
    LocalStore first = started();
    append(first, NOW, TestProfiles.cpu(7));
    await(first.stop());
    Path segment = segments().get(0);
    Files.copy(segment, folder().resolve("profiles-7.seg"));
    Path outside = Files.copy(segment, storage.resolve("outside"));
    Files.createSymbolicLink(folder().resolve("profiles-8.seg"), outside);
    byte[] later = Files.readAllBytes(segment);
    later[7] = '2';
    Path of2 = Files.write(folder().resolve("profiles-9.seg"), later);
    LocalStore second = started();
    assertThat(flame(second, 0, Long.MAX_VALUE).root().value()).isEqualTo(7);
    time.advance(Duration.ofHours(3).toMillis());
    await(second.stop());
    assertThat(of2).hasBinaryContent(later);
    assertThat(outside).exists();
  }

  @Test
  void hugeSparseTail_isNotRead_andDrivesNobodyOut() throws IOException {
    LocalStore first = started();
    append(first, NOW, TestProfiles.cpu(7));
    await(first.stop());
    byte[] header = java.util.Arrays.copyOf(Files.readAllBytes(segments().get(0)), 8);
    try (var file =
        new java.io.RandomAccessFile(folder().resolve("profiles-5.seg").toFile(), "rw")) {
      file.write(header);
      file.setLength(8L << 30);
    }
    LocalStore second = started();
    assertThat(flame(second, 0, Long.MAX_VALUE).root().value()).isEqualTo(7);
    await(second.stop());
  }

  @Test
  void wallClockSetForward_makesNothingOld_andSetBackNothingYoung() {
    LocalStore store = started();
    append(store, NOW, TestProfiles.cpu(7));
    time.jumpWallClock(2 * 3_600_000);
    time.advance(60_000);
    append(store, time.wallMillis(), TestProfiles.cpu(1));
    assertThat(flame(store, 0, Long.MAX_VALUE).root().value()).isEqualTo(8);
    time.advance(60 * 60_000);
    assertThat(flame(store, 0, Long.MAX_VALUE).root().value()).as("old by itself").isEqualTo(1);
    await(store.stop());
  }

  @Test
  void foreignFiles_areLeftAlone() throws IOException {
    Files.createDirectories(folder());
    Path note = Files.writeString(folder().resolve("notes.txt"), "mine");
    Path alike = Files.writeString(folder().resolve("profiles-000000000001.seg"), "not a segment");
    LocalStore store = started();
    append(store, NOW, TestProfiles.cpu(7));
    assertThat(flame(store, 0, Long.MAX_VALUE).root().value()).isEqualTo(7);
    time.advance(Duration.ofHours(3).toMillis());
    await(store.stop());
    assertThat(note).hasContent("mine");
    assertThat(alike).hasContent("not a segment");
  }

  @Test
  void secondStoreOnTheFolder_failsUntilTheFirstHasClosed() {
    LocalStore first = started();
    LocalStore second = store(1 << 20);
    assertThatThrownBy(() -> await(second.start()))
        .hasMessageContaining(folder() + " is still in use by the component that had it before");
    assertThat(second.start().failed()).isTrue();
    assertThat(append(second, NOW, TestProfiles.cpu(1))).isFalse();
    await(second.stop());
    await(second.stop());
    await(first.stop());
    LocalStore third = started();
    await(third.stop());
  }

  @Test
  void deletedFolder_isMadeAgain() throws IOException {
    LocalStore store = started();
    append(store, NOW, TestProfiles.cpu(7));
    assertThat(flame(store, 0, Long.MAX_VALUE).source().profiles()).isEqualTo(1);
    for (Path file : segments()) {
      Files.delete(file);
    }
    Files.delete(folder());
    append(store, NOW + 1, TestProfiles.cpu(9));
    assertThat(flame(store, 0, Long.MAX_VALUE).root().value()).isEqualTo(9);
    await(store.stop());
  }

  @Test
  void unwritableFolder_countsDropsAndRecovers() throws IOException {
    LocalStore store = started();
    Files.delete(folder());
    Files.writeString(folder(), "a file where the folder was");
    append(store, NOW, TestProfiles.cpu(7));
    assertThat(flame(store, 0, Long.MAX_VALUE).source().profiles()).isZero();
    assertThat(store.counters().count(Reason.DISK)).isEqualTo(1);
    Files.delete(folder());
    append(store, NOW, TestProfiles.cpu(7));
    assertThat(flame(store, 0, Long.MAX_VALUE).source().profiles()).isEqualTo(1);
    await(store.stop());
  }

  @Test
  void badProfile_isSkippedWithACount() {
    LocalStore store = started();
    append(store, NOW, "<html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    append(store, NOW, TestProfiles.cpu(7));
    FlameGraph graph = flame(store, 0, Long.MAX_VALUE);
    assertThat(graph.source().profiles()).isEqualTo(1);
    assertThat(graph.source().skipped()).isEqualTo(1);
    assertThat(store.counters().count(Reason.BAD)).isEqualTo(1);
    await(store.stop());
  }

  @Test
  void levels_areAveragedOverTimeAndAddedOverInstances() {
    LocalStore store = started();
    byte[] body = new TestProfiles("inuse_space", "bytes").add("a", 100).gzipped();
    for (int i = 0; i < 3; i++) {
      store.append(TestProfiles.of("svc", "memory", NOW + i, body));
    }
    ProfileTypeId inuse =
        ProfileTypeId.parse("memory:inuse_space:bytes:inuse_space:bytes").orElseThrow();
    FlameGraph graph =
        await(
            new StoreQueries(() -> List.of(store), cpu)
                .flameGraph(new Query("svc", inuse, 0, NOW + 9, 100)));
    assertThat(graph.root().value() / graph.divisor()).isEqualTo(100);
    await(store.stop());
  }
}
