package dev.stoker.write.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskLogTest {
  @TempDir Path storage;

  /** A backlog is read while new profiles are written. */
  @Test
  void readsBetweenWrites_leaveNothingInTheFile() throws Exception {
    QueueRoot root = new QueueRoot(storage);
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
    root.close();
  }

  private static DiskBounds bounds() {
    return new DiskBounds(0, 0, Fsync.DEFAULT);
  }

  private static QueuedProfile profile(int number) {
    byte[] body = new byte[1_000 + 700 * number];
    java.util.Arrays.fill(body, (byte) number);
    return new QueuedProfile(Labels.of("n", "" + number), "", body, 1_000 + number, 2_000);
  }
}
