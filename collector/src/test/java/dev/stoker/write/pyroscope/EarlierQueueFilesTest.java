package dev.stoker.write.pyroscope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.concurrent.ManualTimers;
import dev.stoker.labels.Labels;
import dev.stoker.write.disk.DiskFiles;
import dev.stoker.write.disk.Fsync;
import dev.stoker.write.endpoint.QueueHarness;
import dev.stoker.write.queue.OutgoingProfile;
import dev.stoker.write.queue.QueueConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Queue folders that earlier builds have left, as those builds wrote them: twelve profiles, of
 * which three are settled. This build recovers the other nine and pushes the same bytes.
 */
class EarlierQueueFilesTest {
  /** SHA-256 of each whole push, as the build 76fb4c2 made it. */
  private static final List<String> PUSHES =
      List.of(
          "72f7829dec918a95841a14c3a21700cd3706a4e4f7c4b4d38cb93cbb25d0f8e4",
          "506cb886fa0d22752cb20db55bfea58fbd2995d7d302be4e0735d04b1f686ac9",
          "7a535ef8193dd053023c2eb089fc9752982c1c579ead1871eb06dc75eafd5a3b",
          "c0c95a75bab38daff9b349c09e98e29db95000f718ecac2f66c19af214cb0b50",
          "98a2b8863f9074760b3c7ed6b948d5b3ed962672ebeae42ad5033d741206f3a0",
          "1f42dc21cc58c8bd83fe950d5590d3135e569e9fe32a4b3e66dd6f59c0f13e96",
          "f159d439aff0d3b79d3463a5d2b8f9ac41f332c73e7115e28813c85cd127de09",
          "a359f19e68dba40e53b9725cfc094d441b1a8074a105918e1af2f7f298fc96e7",
          "991728ecf6222848d21055e0497b5c7df8fda1f5e669981bf47a077ecf9f42aa");

  private static final List<Integer> SETTLED = List.of(1, 4, 5);
  private static final QueueConfig CONFIG =
      new QueueConfig(
          1_000_000,
          Duration.ofMinutes(55),
          1,
          0,
          new QueueConfig.Disk(true, 0, 0, Fsync.DEFAULT, Duration.ofSeconds(2)));

  @TempDir private Path storage;

  @ParameterizedTest
  @ValueSource(strings = {"8ebde41", "76fb4c2"})
  void filesOfAnEarlierBuild_areRecoveredAndPushedUnchanged(String build) throws Exception {
    copy(build);

    QueueHarness queue =
        new QueueHarness(storage, CONFIG, DiskFiles.REAL, new ManualTimers(QueueHarness.START));
    assertThat(queue.endpoint.status().counts().recovered()).isEqualTo(9);
    queue.drain(60_000);

    List<String> pushed = new ArrayList<>();
    int number = 0;
    for (QueueHarness.Sent sent : queue.tries) {
      while (SETTLED.contains(number)) {
        number++;
      }
      OutgoingProfile profile = sent.push();
      assertThat(profile.labels()).isEqualTo(labels(number));
      assertThat(profile.tenant()).isEqualTo(number % 4 == 1 ? "tenant-" + number : "");
      assertThat(inflated(profile.body())).isEqualTo(body(number));
      assertThat(profile.scrapedAtMillis()).isEqualTo(QueueHarness.START - 60_000 + number);
      pushed.add(sha256(bytes(profile)));
      number++;
    }
    assertThat(pushed).isEqualTo(PUSHES);
    queue.pass(1_100);
    assertThat(segments()).as("all are settled").isEmpty();
    queue.identityHolds();
    queue.stop();
  }

  private static byte[] bytes(OutgoingProfile profile) {
    Push push = Push.of(profile);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(push.envelope());
    all.writeBytes(push.body());
    return all.toByteArray();
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static Labels labels(int number) {
    Labels.Builder labels =
        Labels.empty().toBuilder()
            .set("__name__", "process_cpu")
            .set("__delta__", "false")
            .set("n", Integer.toString(number))
            .set("service_name", number % 2 == 0 ? "shop" : "größe/東京 🙂");
    for (int i = 0; number == 3 && i < 30; i++) {
      labels.set("label_" + i, "x".repeat(i));
    }
    return labels.build();
  }

  /** The body of one is empty; some were written as gzip. */
  private static byte[] body(int number) {
    byte[] body = new byte[number == 7 ? 0 : 700 + 10 * number];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) (number + 7 * i);
    }
    return body;
  }

  private static byte[] inflated(byte[] body) throws IOException {
    if (body.length < 2 || body[0] != 0x1f || body[1] != (byte) 0x8b) {
      return body;
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }

  private void copy(String build) throws IOException, URISyntaxException {
    Path from =
        Path.of(
            Objects.requireNonNull(
                    EarlierQueueFilesTest.class.getResource("/dev/stoker/write/queue-of-" + build))
                .toURI());
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path to = storage.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(to);
        } else {
          Files.copy(file, to);
        }
      }
    }
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.walk(storage)) {
      return files.filter(file -> file.toString().endsWith(".seg")).toList();
    }
  }
}
