package dev.stoker.write.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.files.StorageFolder;
import dev.stoker.labels.Labels;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kinds of damage that people and file systems do to a queue's folder. */
class SegmentDamageTest {
  private static final int RECORDS = 200;

  @TempDir private Path storage;

  @SuppressWarnings("NullAway.Init")
  private StorageFolder folder;

  @SuppressWarnings("NullAway.Init")
  private QueueRoot root;

  @BeforeEach
  void lock() throws IOException {
    folder = new StorageFolder(storage);
    root = new QueueRoot(folder);
    root.open();
  }

  @AfterEach
  void unlock() {
    folder.close();
  }

  @Test
  void zeroedMiddle_countsTheRecordsThatAreGone_butNotTheSettledOnes() throws IOException {
    List<Long> ids = write();
    DiskLog log = log();
    log.open();
    log.settle(new long[] {ids.get(60), ids.get(61), ids.get(150)});
    log.close();
    overwrite(segment(1), 50_000, new byte[40_000]);
    DiskLog.Recovered recovered = log().open();
    int good = recovered.entries().size();
    assertThat(recovered.damage().lost().profiles()).isEqualTo(RECORDS - 3 - good);
    assertThat(recovered.damage().lost().profiles()).isBetween(38L, 41L);
    assertThat(recovered.damage().places()).isEqualTo(1);
  }

  @Test
  void whatIsMissing_isCountedByTheFirstRunThatMeetsIt_andByNoOther() throws IOException {
    write();
    overwrite(segment(1), 50_000, new byte[10_000]);
    DiskLog first = log();
    DiskLog.Recovered met = first.open();
    assertThat(met.damage().lost().profiles()).isBetween(9L, 12L);
    first.close();
    DiskLog second = log();
    DiskLog.Recovered again = second.open();
    assertThat(again.damage().any()).isFalse();
    assertThat(numbers(second, again)).isEqualTo(numbers(second, met));
    second.close();
    overwrite(segment(1), 80_000, new byte[10_000]);
    DiskLog.Recovered third = log().open();
    assertThat(third.damage().places()).isPositive();
    assertThat(third.damage().lost().profiles())
        .as("what was damaged since")
        .isEqualTo(again.entries().size() - third.entries().size());
  }

  /** What was counted as lost is no reason to pass over a copy that somebody puts beside it. */
  @Test
  void aCopyThatComesLater_givesWhatWasCountedAsLost() throws IOException {
    write();
    Path backup = Files.copy(segment(1), storage.resolve("backup"));
    overwrite(segment(1), 50_000, new byte[10_000]);
    DiskLog first = log();
    first.open();
    first.close();
    Files.copy(backup, segment(7));
    DiskLog second = log();
    assertThat(numbers(second, second.open())).hasSize(RECORDS).doesNotHaveDuplicates();
  }

  @Test
  void zeroedHeader_isSetAside_andEstimatedFromItsSize() throws IOException {
    write();
    overwrite(segment(1), 0, new byte[64]);
    DiskLog.Recovered recovered = log().open();
    assertThat(recovered.entries()).isEmpty();
    assertThat(recovered.damage().corruptSegments()).isEqualTo(1);
    assertThat(recovered.damage().lost().profiles()).as("about 1 KB each").isBetween(40L, 60L);
    assertThat(names()).contains("000000000001.seg.corrupt");
  }

  @Test
  void cutInARecord_countsThatRecord() throws IOException {
    write();
    try (RandomAccessFile file = new RandomAccessFile(segment(1).toFile(), "rw")) {
      file.setLength(100_500);
    }
    DiskLog.Recovered recovered = log().open();
    assertThat(recovered.damage().lost().profiles()).isEqualTo(1);
  }

  @Test
  void symbolicLink_isRefusedWithAWord_andNeverFollowed() throws IOException {
    write();
    Path outside = storage.resolve("outside.seg");
    Files.move(segment(1), outside);
    Files.createSymbolicLink(segment(1), outside);
    byte[] before = Files.readAllBytes(outside);
    DiskLog log = log();
    DiskLog.Recovered recovered = log.open();
    assertThat(recovered.entries()).isEmpty();
    assertThat(recovered.damage().remarks())
        .singleElement()
        .asString()
        .contains("000000000001.seg")
        .contains("symbolic link");
    assertThat(log.append(List.of(profile(1))).problem()).isNull();
    log.close();
    assertThat(outside).hasBinaryContent(before);
    assertThat(Files.isSymbolicLink(segment(1))).isTrue();
  }

  @Test
  void linkInPlaceOfTheSettledOnes_isNotWrittenThrough() throws IOException {
    List<Long> ids = write();
    Path outside = Files.createFile(storage.resolve("outside"));
    Files.createSymbolicLink(Segment.acks(segment(1)), outside);
    DiskLog log = log();
    log.open();
    log.settle(new long[] {ids.get(0)});
    log.close();
    assertThat(outside).isEmptyFile();
  }

  @Test
  void pipeOrFolder_isLeftAlone() throws IOException, InterruptedException {
    write();
    Files.createDirectory(segment(8));
    assertThat(new ProcessBuilder("mkfifo", segment(9).toString()).start().waitFor()).isZero();
    DiskLog.Recovered recovered = log().open();
    assertThat(recovered.entries()).hasSize(RECORDS);
    assertThat(recovered.damage().remarks())
        .hasSize(2)
        .allSatisfy(remark -> assertThat(remark).contains("no regular file"));
  }

  @Test
  void copyOfASegment_isNotSentTwice_andMendsWhatIsDamaged() throws IOException {
    write();
    Files.copy(segment(1), segment(7));
    overwrite(segment(1), 50_000, new byte[10_000]);
    DiskLog log = log();
    DiskLog.Recovered recovered = log.open();
    assertThat(numbers(log, recovered)).hasSize(RECORDS).doesNotHaveDuplicates();
    assertThat(recovered.damage().remarks()).singleElement().asString().contains("copy");
    long[] inTheFirst =
        recovered.entries().stream()
            .mapToLong(DiskEntry::id)
            .filter(id -> DiskEntry.segment(id) == 1)
            .toArray();
    log.settle(inTheFirst);
    log.close();
    assertThat(segment(1)).doesNotExist();
    assertThat(log().open().entries())
        .as("what the first one had is settled in the copy too")
        .hasSize(RECORDS - inTheFirst.length);
  }

  @Test
  void numberThatNoRunGives_isLeftAlone_andTheNextRunFindsWhatIsWritten() throws IOException {
    write();
    Files.copy(segment(1), segment(999_999_999_999L));
    DiskLog log = log();
    assertThat(log.open().entries()).hasSize(RECORDS);
    log.append(List.of(profile(RECORDS)));
    log.close();
    DiskLog.Recovered next = log().open();
    assertThat(next.entries()).hasSize(RECORDS + 1);
    assertThat(next.damage().remarks()).singleElement().asString().contains("number");
  }

  @Test
  @Timeout(10)
  void hugeSparseOne_isReadAsFarAsASegmentReaches() throws IOException {
    write();
    byte[] header = Arrays.copyOf(Files.readAllBytes(segment(1)), RecordFormat.SEGMENT_HEADER);
    try (RandomAccessFile file = new RandomAccessFile(segment(5).toFile(), "rw")) {
      file.write(header);
      file.setLength(1L << 40);
    } catch (IOException tooLargeForThisFileSystem) {
      overwrite(segment(5), 1 << 30, new byte[1]);
    }
    DiskLog.Recovered recovered = log().open();
    assertThat(recovered.entries()).hasSize(RECORDS);
    assertThat(recovered.damage().corruptSegments()).isEqualTo(1);
    assertThat(recovered.damage().lost().profiles()).as("it has another one's salt").isZero();
  }

  @Test
  void laterVersion_isKeptForIt_andTakenBackByABuildThatKnowsIt() throws IOException {
    write();
    overwrite(segment(1), 7, new byte[] {'2'});
    DiskLog.Recovered recovered = log().open();
    assertThat(recovered.entries()).isEmpty();
    assertThat(recovered.damage().corruptSegments()).isZero();
    assertThat(recovered.damage().lost().profiles()).isZero();
    assertThat(recovered.damage().remarks()).singleElement().asString().contains("later version");
    Path later = segment(1).resolveSibling("000000000001.seg.later");
    assertThat(later).exists();
    assertThat(log().open().entries()).as("still not known").isEmpty();
    overwrite(later, 7, new byte[] {'1'});
    assertThat(log().open().entries()).hasSize(RECORDS);
  }

  @Test
  void cancelled_leavesAllForTheNextStart_andStoresWhatComes() throws IOException {
    write();
    DiskLog log = log();
    log.cancelOpen();
    assertThat(log.open().entries()).isEmpty();
    assertThat(log.append(List.of(profile(RECORDS))).problem()).isNull();
    log.close();
    assertThat(log().open().entries()).hasSize(RECORDS + 1);
  }

  /** One segment with records of about a kilobyte. */
  private List<Long> write() throws IOException {
    DiskLog log = log();
    log.open();
    List<StoredProfile> batch = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      batch.add(profile(i));
    }
    List<Long> ids = new ArrayList<>();
    for (long id : log.append(batch).ids()) {
      ids.add(id);
    }
    log.close();
    return ids;
  }

  private List<String> numbers(DiskLog log, DiskLog.Recovered recovered) throws IOException {
    List<String> numbers = new ArrayList<>();
    for (DiskEntry entry : recovered.entries()) {
      numbers.add(log.read(entry.id()).labels().get("n"));
    }
    return numbers;
  }

  private DiskLog log() {
    return new DiskLog(home(), new DiskBounds(0, 0, Fsync.NEVER), DiskFiles.REAL);
  }

  private QueueHome home() {
    return root.home("x", "x");
  }

  private Path segment(long number) {
    return Segment.path(home().folder(), number);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(home().folder())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private static void overwrite(Path file, long at, byte[] bytes) throws IOException {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.seek(at);
      out.write(bytes);
    }
  }

  private static StoredProfile profile(int number) {
    byte[] body = new byte[950];
    Arrays.fill(body, (byte) (1 + number % 100));
    return new StoredProfile(Labels.of("n", "" + number), "", body, 1_000 + number, 2_000);
  }
}
