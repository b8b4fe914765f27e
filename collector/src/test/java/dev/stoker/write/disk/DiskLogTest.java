package dev.stoker.write.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.files.StorageFolder;
import dev.stoker.labels.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskLogTest {
  @TempDir Path storage;

  /** A backlog is read while new profiles are written. */
  @Test
  void readsBetweenWrites_leaveNothingInTheFile() throws Exception {
    StorageFolder folder = new StorageFolder(storage);
    QueueRoot root = new QueueRoot(folder);
    root.open();
    QueueHome home = root.home("identity", "title");
    DiskLog log = new DiskLog(home, bounds(), DiskFiles.REAL);
    log.open();
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(log.append(List.of(profile(i))).ids()[0]);
      for (int j = 0; j <= i; j += 3) {
        assertThat(log.read(ids.get(j)).body()).isEqualTo(profile(j).body());
      }
    }
    log.close();

    DiskLog next = new DiskLog(home, bounds(), DiskFiles.REAL);
    DiskLog.Recovered recovered = next.open();

    assertThat(recovered.damage().places()).isZero();
    assertThat(recovered.entries()).hasSize(20);
    next.close();
    folder.close();
  }

  /** What this build writes is what the build 76fb4c2 has written: each can read the other's. */
  @Test
  void format_isThatOfTheBuild76fb4c2() throws Exception {
    Path folder =
        Path.of(
            Objects.requireNonNull(
                    DiskLogTest.class.getResource("/dev/stoker/write/queue-of-76fb4c2/queue"))
                .toURI());
    int records = 0;
    for (Path segment : QueueFiles.segments(folder.resolve("test-8ce7f0fe65f9"))) {
      SegmentScan.Result scan =
          Objects.requireNonNull(SegmentScan.read(DiskFiles.REAL, segment, () -> false));
      ByteArrayOutputStream written = new ByteArrayOutputStream();
      written.writeBytes(RecordFormat.segmentHeader(scan.salt()).array());
      byte[] file = Files.readAllBytes(segment);
      for (SegmentScan.Found found : scan.records()) {
        int payload = (int) found.offset() + RecordFormat.HEADER;
        StoredProfile profile =
            RecordFormat.decode(Arrays.copyOfRange(file, payload, payload + found.length()));
        byte[] head = RecordFormat.head(profile);
        int crc = RecordFormat.crc(head, profile.body());
        written.writeBytes(RecordFormat.header(scan.salt(), found.index(), found.length(), crc));
        written.writeBytes(head);
        written.writeBytes(profile.body());
        records++;
      }
      assertThat(written.toByteArray()).isEqualTo(file);
    }
    assertThat(records).isEqualTo(12);
  }

  private static DiskBounds bounds() {
    return new DiskBounds(0, 0, Fsync.DEFAULT);
  }

  private static StoredProfile profile(int number) {
    byte[] body = new byte[1_000 + 700 * number];
    Arrays.fill(body, (byte) number);
    return new StoredProfile(Labels.of("n", "" + number), "", body, 1_000 + number, 2_000);
  }
}
