package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.app.Main;
import dev.stoker.files.StorageFolder;
import dev.stoker.labels.Labels;
import dev.stoker.write.disk.DiskBounds;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.DiskLog;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.disk.QueueHome;
import dev.stoker.write.disk.QueueRoot;
import dev.stoker.write.disk.StoredProfile;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueCommandTest {
  private static final long SCRAPED = Instant.parse("2026-01-02T03:04:05Z").toEpochMilli();

  @TempDir private Path storage;

  @Test
  void aRunningDaemonsQueue_isShown_andNotTouched() throws IOException {
    StorageFolder folder = new StorageFolder(storage);
    folder.take(); // as a daemon
    QueueRoot root = new QueueRoot(folder);
    QueueHome home = root.home("url\nhttp://user:secret@a:4040", "http://a:4040");
    DiskLog log = new DiskLog(home, new DiskBounds(0, 0, Fsync.NEVER), DiskFiles.REAL);
    log.open();
    List<StoredProfile> profiles = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Labels labels = Labels.of("__name__", "x");
      profiles.add(new StoredProfile(labels, "", new byte[100], SCRAPED + i, SCRAPED + i));
    }
    long[] ids = log.append(profiles).ids();
    log.settle(new long[] {ids[0]});
    Files.write(home.folder().resolve("0000.seg.corrupt"), new byte[10]);
    TreeMap<String, String> before = files();

    JsonObject shown = new JsonObject(run("queue", storage.toString(), "--json"));

    JsonObject expected =
        new JsonObject()
            .put("endpoint", "http://a:4040")
            .put("profiles", 2)
            .put("bytes", 200)
            .put("oldest", "2026-01-02T03:04:05.001Z")
            .put("corrupt_segments", 1);
    assertThat(shown).isEqualTo(new JsonObject().put("endpoints", new JsonArray().add(expected)));
    assertThat(run("queue", home.folder().toString()))
        .isEqualTo(
            "http://a:4040: 2 profiles, 200 bytes, oldest 2026-01-02T03:04:05.001Z,"
                + " 1 unreadable segments\n");
    assertThat(files()).isEqualTo(before);
    log.close();
    folder.close();
  }

  @Test
  void folderWithoutQueues_hasNone_andNoFolderIsAnError() {
    assertThat(run("queue", storage.toString(), "--json")).contains("\"endpoints\" : [ ]");
    assertThat(Main.execute("queue", storage.resolve("missing").toString())).isEqualTo(1);
  }

  private static String run(String... args) {
    PrintStream real = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      assertThat(Main.execute(args)).isZero();
    } finally {
      System.setOut(real);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private TreeMap<String, String> files() throws IOException {
    TreeMap<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(storage)) {
      for (Path file : files.toList()) {
        String content = Files.isRegularFile(file) ? hex(file) : "";
        all.put(file.toString(), Files.getLastModifiedTime(file) + " " + content);
      }
    }
    return all;
  }

  private static String hex(Path file) throws IOException {
    return HexFormat.of().formatHex(Files.readAllBytes(file));
  }
}
