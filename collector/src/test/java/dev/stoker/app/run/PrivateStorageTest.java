package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.app.Main;
import dev.stoker.files.PrivateFiles;
import dev.stoker.files.StorageFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may read what lies below the storage folder: nobody else. */
@DisabledOnOs(OS.WINDOWS)
class PrivateStorageTest {
  @TempDir Path folder;

  @Test
  void whatAnEarlierVersionWrote_isClosedAtTheStart() throws Exception {
    Path outside = Files.writeString(folder.resolve("outside"), "x");
    Path storage = Files.createDirectories(folder.resolve("storage"));
    Path segment = storage.resolve("queue/abc/00000001.seg");
    for (String file :
        List.of(
            "instance-id",
            "queue/lock",
            "queue/abc/00000001.seg",
            "baselines/snapshot",
            "store/x/profiles-000000000001.seg",
            "tmp/deep/er/file")) {
      Path path = storage.resolve(file);
      Files.createDirectories(path);
      Files.delete(path);
      Files.writeString(path, "held");
    }
    try (Stream<Path> made = Files.walk(storage)) {
      for (Path path : made.toList()) {
        open(path, Files.isDirectory(path) ? "rwxrwxrwx" : "rw-rw-rw-");
      }
    }
    open(Files.writeString(storage.resolve("stoker.lock"), ""), "rw-r--r--");
    open(segment, "r--r--r--");
    open(outside, "rw-r--r--");
    open(storage, "rwxr-xr-x");
    Files.createSymbolicLink(storage.resolve("queue/link"), outside);
    Path foreign = Files.writeString(storage.resolve("notes.txt"), "not ours");
    open(foreign, "rw-r--r--");

    StorageFolder taken = new StorageFolder(storage);
    taken.take();
    taken.close();

    assertPrivate(storage, foreign);
    assertThat(modes(segment)).as("never more than before").isEqualTo("r--------");
    assertThat(segment).hasContent("held");
    assertThat(modes(outside)).as("behind a link").isEqualTo("rw-r--r--");
    assertThat(modes(foreign)).isEqualTo("rw-r--r--");
    assertThat(modes(storage)).as("may be shared").isEqualTo("rwxr-xr-x");
  }

  @Test
  void whatADaemonWrites_isPrivate() throws Exception {
    Path storage = folder.resolve("new/data");
    int port = Daemon.freePort();
    Path config =
        Files.writeString(
            folder.resolve("self.conf"),
            """
            pyroscope.scrape.s {
              targets = [ { "__address__" = "127.0.0.1:%d", "service_name" = "stoker" } ]
              scrape_interval = 1s
              scrape_timeout = 1s
              profiling_config {
                profile.process_cpu { enabled = false }
                profile.memory { path = "/debug/pprof/allocs" }
              }
              forward_to = [ stoker.store.x.receiver, pyroscope.write.w.receiver ]
            }
            stoker.store.x {}
            pyroscope.write.w { endpoint { url = "http://127.0.0.1:1" } }
            stoker.storage.path = "%s"
            stoker.http.listen = "127.0.0.1:%d"
            """
                .formatted(port, storage, port));
    try (Daemon daemon = new Daemon(config, port)) {
      Daemon.await("stored", () -> daemon.loop("memory").getInteger("scrapes") > 1);
      Daemon.await("queued on disk", () -> holdsFiles(storage.resolve("queue")));
    }

    assertThat(modes(storage)).isEqualTo("rwx------");
    assertPrivate(storage, storage);
    try (Stream<Path> files = Files.walk(storage)) {
      assertThat(files.filter(Files::isRegularFile).map(storage::relativize).map(Path::toString))
          .anyMatch(name -> name.startsWith("queue/"))
          .anyMatch(name -> name.startsWith("store/"))
          .anyMatch(name -> name.startsWith("baselines/"))
          .contains("stoker.lock", "instance-id");
    }
  }

  @Test
  void commandsThatOnlyRead_workBesideADaemon_andWriteNothing() throws Exception {
    Path storage = folder.resolve("data");
    Path config =
        Files.writeString(
            folder.resolve("some.conf"),
            """
            pyroscope.scrape.s {
              targets = [ { "__address__" = "127.0.0.1:1", "service_name" = "a" } ]
              forward_to = [ stoker.store.x.receiver, pyroscope.write.w.receiver ]
            }
            stoker.store.x {}
            pyroscope.write.w { endpoint { url = "http://127.0.0.1:1" } }
            stoker.storage.path = "%s"
            """
                .formatted(storage));
    StorageFolder taken = new StorageFolder(storage);
    taken.take();

    assertThat(Main.execute("validate", config.toString())).isZero();
    assertThat(Main.execute("targets", config.toString())).isZero();
    assertThat(Main.execute("queue", storage.toString())).isZero();

    try (Stream<Path> files = Files.list(storage)) {
      assertThat(files).containsExactly(storage.resolve("stoker.lock"));
    }
    taken.close();
  }

  /** Writes below a folder, under a umask of its shell. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws IOException {
      Path made = PrivateFiles.folder(Path.of(args[0], "a", "b"));
      PrivateFiles.write(made.resolve("written"), "text");
      PrivateFiles.create(made.resolve("created"));
      PrivateFiles.open(
              made.resolve("opened"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
          .close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "022", "077"})
  void theUmask_changesNothing(String umask) throws Exception {
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "umask " + umask + "; exec \"$0\" -cp \"$1\" \"$2\" \"$3\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).as(out).isZero();
    assertPrivate(folder, folder);
    assertThat(modes(folder.resolve("a/b/written"))).isEqualTo("rw-------");
    assertThat(modes(folder.resolve("a/b"))).isEqualTo("rwx------");
    assertThat(folder.resolve("a/b/written")).hasContent("text");
  }

  private static boolean holdsFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).count() > 1;
    } catch (IOException | UncheckedIOException changing) {
      return false; // segments come and go
    }
  }

  private static void assertPrivate(Path storage, Path but) throws IOException {
    try (Stream<Path> all = Files.walk(storage)) {
      for (Path path : all.filter(p -> !p.equals(storage) && !p.equals(but)).toList()) {
        if (!Files.isSymbolicLink(path)) {
          assertThat(modes(path)).as("%s", path).endsWith("------");
        }
      }
    }
  }

  private static String modes(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private static void open(Path path, String modes) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(modes));
  }
}
