package dev.stoker.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One daemon has a storage folder, and the next one knows how that one ended. */
class StorageFolderTest {
  @TempDir Path temporary;

  /** A daemon in a process of its own: takes the folder, says so, and waits to be killed. */
  static final class OtherDaemon {
    private OtherDaemon() {}

    public static void main(String[] args) throws IOException {
      StorageFolder folder = new StorageFolder(Path.of(args[0]));
      folder.take();
      System.out.println("taken");
      System.out.flush();
      int end = System.in.read();
      if (end == 'c') {
        folder.closeInGoodOrder();
      }
    }
  }

  private Process otherDaemon(Path storage) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OtherDaemon.class.getName(),
                storage.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("taken");
    return process;
  }

  @Test
  void aSecondProcess_isToldWhoHasTheFolder_andTakesItWhenThatOneIsKilled() throws Exception {
    Path storage = temporary.resolve("data");
    Process other = otherDaemon(storage);
    StorageFolder folder = new StorageFolder(storage);

    assertThatThrownBy(folder::take)
        .isInstanceOf(StorageFolder.InUseException.class)
        .hasMessage(
            "the storage folder "
                + storage
                + " is in use by another Stoker (pid "
                + other.pid()
                + "), which holds stoker.lock; stop that one, or give this one a folder of its own"
                + " by --storage or stoker.storage.path");
    for (String owner : List.of("queue", "baselines", "store/x")) {
      assertThatThrownBy(() -> folder.make(owner)).isInstanceOf(StorageFolder.InUseException.class);
      assertThat(storage.resolve(owner)).doesNotExist();
    }
    assertThat(storage.resolve("stoker.lock")).hasContent("pid " + other.pid());

    other.destroyForcibly();
    assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(folder.make("queue")).isDirectory();
    assertThat(folder.lastStopWasUnclean()).isTrue();
    folder.closeInGoodOrder();
  }

  @Test
  void aStopInGoodOrder_leavesNothingToRemark() throws Exception {
    Process other = otherDaemon(temporary);
    other.getOutputStream().write('c');
    other.getOutputStream().flush();
    assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    try (StorageFolder next = new StorageFolder(temporary)) {
      next.take();
      assertThat(next.lastStopWasUnclean()).isFalse();
    }
    try (StorageFolder afterAKill = new StorageFolder(temporary)) {
      afterAKill.take();
      assertThat(afterAKill.lastStopWasUnclean()).isTrue();
    }
  }

  @Test
  void aDeletedFolder_isTakenAgain_unlessAnotherOneHasItMeanwhile() throws Exception {
    Path storage = temporary.resolve("data");
    StorageFolder folder = new StorageFolder(storage);
    folder.make("queue");
    delete(storage);
    folder.make("queue");
    assertThat(storage.resolve("stoker.lock")).isNotEmptyFile();
    assertThat(folder.lastStopWasUnclean()).isFalse();

    delete(storage);
    Process other = otherDaemon(storage);
    assertThatThrownBy(() -> folder.make("queue")).hasMessageContaining("(pid " + other.pid());
    other.destroyForcibly();
    assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(folder.make("queue")).isDirectory();
    folder.close();
  }

  @Test
  void aClaimedPart_isNoOneElsesInThisProcess_untilItIsReleased() throws IOException {
    StorageFolder folder = new StorageFolder(temporary);
    folder.claim("store/a");
    assertThatThrownBy(() -> folder.claim("store/a"))
        .isInstanceOf(StorageFolder.InUseException.class)
        .hasMessageContaining("store/a is still in use");
    assertThat(folder.claim("store/b")).isDirectory();
    folder.release("store/a");
    assertThat(folder.claim("store/a")).isDirectory();
    folder.close();
  }

  @Test
  void anUnusableFolder_isToldWithWhatToDo() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");
    assertThatThrownBy(() -> new StorageFolder(file).take())
        .hasMessageContaining("cannot use the storage folder " + file)
        .hasMessageContaining("--storage");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
