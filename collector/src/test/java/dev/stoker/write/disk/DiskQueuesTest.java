package dev.stoker.write.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.files.StorageFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has a queue's folder, while endpoints come and go by reloads. */
class DiskQueuesTest {
  @TempDir Path storage;
  private final List<String> claimed = new ArrayList<>();
  private DiskQueues queues;

  @BeforeEach
  void open() {
    QueueRoot root = new QueueRoot(new StorageFolder(storage));
    queues = new DiskQueues(root, DiskFiles.REAL, Runnable::run, Runnable::run);
  }

  private QueueHome claim(String component) {
    QueueHome home = queues.home("name\ntest", "test", component);
    queues.claim(home, () -> claimed.add(component));
    return home;
  }

  @Test
  void whileOneClosesAndTheNextOneWaits_aThirdOneHasAFolderOfItsOwn() {
    QueueHome first = claim("a");
    queues.closing(first);
    QueueHome second = claim("b");

    QueueHome third = claim("c");

    assertThat(second).isEqualTo(first);
    assertThat(third).isNotEqualTo(first);
    assertThat(claimed).containsExactly("a", "c");
    queues.release(first);
    assertThat(claimed).containsExactly("a", "c", "b");
  }

  @Test
  void whoIsClosedBeforeItsTurn_leavesTheFolderToTheNextOne() {
    QueueHome first = claim("a");
    queues.closing(first);
    QueueHome second = claim("b");
    queues.closing(second);
    queues.release(first);

    QueueHome third = claim("c");

    assertThat(third).isEqualTo(first);
    assertThat(claimed).containsExactly("a", "b");
    queues.release(second);
    assertThat(claimed).containsExactly("a", "b", "c");
  }

  @Test
  void aFolderThatWasGivenBack_isFreeAgain() {
    QueueHome first = claim("a");
    queues.closing(first);
    queues.release(first);

    assertThat(claim("b")).isEqualTo(first);
    assertThat(claimed).containsExactly("a", "b");
  }
}
