package dev.stoker.write.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.files.StorageFolder;
import dev.stoker.labels.Labels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged queue folders: what opens is never wrong, what was not touched is all there, and the
 * queue goes on. A segment's first bytes cost the segment, anything else the records that it
 * touches.
 */
class DiskLogFuzzTest {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261126);
  private static final long START = 1_800_000_000_000L;

  @TempDir private Path temp;

  @Test
  void damage_costsWhatItTouches_andNothingReadIsWrong() throws IOException {
    System.out.println("seed " + SEED + ", cases " + CASES);
    for (int i = 0; i < CASES; i++) {
      Path storage = temp.resolve("case" + i);
      new Case(new Random(SEED + i), storage, "seed " + (SEED + i)).run();
      delete(storage);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Collections.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static final class Case {
    private final Random random;
    private final StorageFolder folder;
    private final QueueRoot root;
    private final String name;
    private final List<StoredProfile> written = new ArrayList<>();
    private final Set<Integer> settled = new HashSet<>();

    /** Not settled, and no byte of them or of their segment's header is touched. */
    private final Set<Integer> mustBeThere = new HashSet<>();

    /** Damage may bring settled ones back: they are sent twice. */
    private boolean acksDamaged;

    Case(Random random, Path storage, String name) {
      this.random = random;
      this.folder = new StorageFolder(storage);
      this.root = new QueueRoot(folder);
      this.name = name;
    }

    void run() throws IOException {
      write();
      List<Path> segments = QueueFiles.segments(home().folder());
      segments.forEach(this::damage);
      damageFolder(segments);
      QueueInspection.Queue seen = QueueInspection.queue(home().folder());

      DiskLog log = log();
      DiskLog.Recovered recovered = log.open();
      assertThat(seen.profiles()).as(name).isEqualTo(recovered.entries().size());
      Set<Integer> found = new HashSet<>();
      for (DiskEntry entry : recovered.entries()) {
        StoredProfile profile = log.read(entry.id());
        int number = number(profile);
        same(profile, written.get(number));
        assertThat(entry.scrapedAtMillis()).as(name).isEqualTo(profile.scrapedAtMillis());
        assertThat(entry.bytes()).as(name).isEqualTo(profile.body().length);
        assertThat(found.add(number) || acksDamaged).as(name + ": twice").isTrue();
      }
      assertThat(found).as(name).containsAll(mustBeThere);
      if (!acksDamaged) {
        assertThat(Collections.disjoint(found, settled)).as(name + ": settled").isTrue();
      }
      goesOn(log);
      log.close();
      folder.close();
    }

    private void goesOn(DiskLog log) throws IOException {
      StoredProfile fresh = profile(written.size());
      DiskLog.Appended appended = log.append(List.of(fresh));
      assertThat(appended.problem()).as(name).isNull();
      same(log.read(appended.ids()[0]), fresh);
    }

    private void same(StoredProfile read, StoredProfile original) {
      assertThat(read.labels()).as(name).isEqualTo(original.labels());
      assertThat(read.tenant()).as(name).isEqualTo(original.tenant());
      assertThat(Arrays.equals(read.body(), original.body())).as(name).isTrue();
      assertThat(read.scrapedAtMillis()).as(name).isEqualTo(original.scrapedAtMillis());
      assertThat(read.enqueuedAtMillis()).as(name).isEqualTo(original.enqueuedAtMillis());
    }

    private QueueHome home() {
      return root.home("x", "x");
    }

    /** Segments of 64 KiB. */
    private DiskLog log() {
      return new DiskLog(home(), new DiskBounds(1 << 20, 0, Fsync.NEVER), DiskFiles.REAL);
    }

    private void write() throws IOException {
      DiskLog log = log();
      log.open();
      int count = 1 + random.nextInt(25);
      List<Long> ids = new ArrayList<>();
      while (written.size() < count) {
        List<StoredProfile> batch = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
          StoredProfile profile = profile(written.size());
          written.add(profile);
          batch.add(profile);
        }
        for (long id : log.append(batch).ids()) {
          ids.add(id);
        }
      }
      for (int i = 0; i < ids.size(); i++) {
        if (random.nextInt(3) == 0) {
          log.settle(new long[] {ids.get(i)});
          settled.add(i);
        }
      }
      folder.close(); // like a kill: the log is not closed, and its lock is gone
    }

    private StoredProfile profile(int number) throws IOException {
      byte[] body = new byte[random.nextInt(random.nextBoolean() ? 12_000 : 200)];
      random.nextBytes(body);
      if (random.nextInt(8) == 0 && Files.isDirectory(home().folder())) {
        List<Path> others = QueueFiles.segments(home().folder());
        if (others.size() > 1) { // a target that serves bytes of a queue
          byte[] bytes = Files.readAllBytes(others.get(0));
          body = Arrays.copyOf(bytes, Math.min(bytes.length, 30_000));
        }
      }
      Labels labels = Labels.of("__name__", "cpu", "n", Integer.toString(number));
      String tenant = random.nextBoolean() ? "" : "tenant-" + random.nextInt(9);
      return new StoredProfile(labels, tenant, body, START + number, START + 2L * number);
    }

    private static int number(StoredProfile profile) {
      return Integer.parseInt(profile.labels().get("n"));
    }

    private void damage(Path segment) {
      try {
        SegmentScan.Result scan =
            Objects.requireNonNull(SegmentScan.read(DiskFiles.REAL, segment, () -> false));
        byte[] bytes = Files.readAllBytes(segment);
        int from = random.nextInt(bytes.length);
        int length = 1 + random.nextInt(random.nextBoolean() ? 8 : 5_000);
        int to = Math.min(bytes.length, from + length);
        byte[] after;
        boolean untouched = false;
        switch (random.nextInt(7)) {
          case 0 -> { // flipped bits
            after = bytes.clone();
            for (int i = from; i < to; i++) {
              after[i] ^= (byte) (1 + random.nextInt(255));
            }
          }
          case 1 -> { // cut off
            after = Arrays.copyOf(bytes, from);
            to = bytes.length;
          }
          case 2 -> after = join(bytes, from, new byte[0], to);
          case 3 -> { // zeros, as after a loss of power
            after = bytes.clone();
            Arrays.fill(after, from, to, (byte) 0);
          }
          case 4 -> { // the same bytes again
            after = join(bytes, to, Arrays.copyOfRange(bytes, from, to), to);
            from = Math.max(0, to - 1);
            to = Math.min(bytes.length, to + 1);
          }
          case 5 -> { // records in another order
            after = shuffled(bytes, scan);
            untouched = true;
          }
          default -> {
            after = bytes;
            untouched = true;
          }
        }
        for (SegmentScan.Found found : scan.records()) {
          long end = found.offset() + RecordFormat.HEADER + found.length();
          boolean hit = from < end && to > found.offset();
          if (untouched || (!hit && from >= RecordFormat.SEGMENT_HEADER)) {
            must(segment, scan, found);
          }
        }
        Files.write(segment, after);
      } catch (IOException failed) {
        throw new AssertionError(name, failed);
      }
    }

    private void must(Path segment, SegmentScan.Result scan, SegmentScan.Found found)
        throws IOException {
      Segment whole = new Segment(DiskFiles.REAL, segment, 1, scan.salt());
      whole.add(found.index(), found.offset(), found.length());
      byte[] buffer = new byte[64 << 10];
      int number = number(whole.read(found.index(), ByteBuffer.wrap(buffer)));
      if (!settled.contains(number)) {
        mustBeThere.add(number);
      }
    }

    private static byte[] join(byte[] bytes, int head, byte[] middle, int tail) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(bytes, 0, head);
      out.writeBytes(middle);
      out.write(bytes, tail, bytes.length - tail);
      return out.toByteArray();
    }

    private byte[] shuffled(byte[] bytes, SegmentScan.Result scan) {
      List<SegmentScan.Found> records = new ArrayList<>(scan.records());
      Collections.shuffle(records, random);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(bytes, 0, RecordFormat.SEGMENT_HEADER);
      for (SegmentScan.Found found : records) {
        out.write(bytes, (int) found.offset(), RecordFormat.HEADER + found.length());
      }
      return out.toByteArray();
    }

    private void damageFolder(List<Path> segments) throws IOException {
      if (segments.isEmpty()) {
        return;
      }
      Path some = segments.get(random.nextInt(segments.size()));
      switch (random.nextInt(6)) {
        case 0 -> { // two segments change names
          Path other = segments.get(random.nextInt(segments.size()));
          byte[] bytes = Files.readAllBytes(some);
          Files.write(some, Files.readAllBytes(other));
          Files.write(other, bytes);
          acksDamaged = true;
        }
        case 1 -> { // a copy under a higher number
          Files.copy(some, Segment.path(home().folder(), 900));
          acksDamaged = true;
        }
        case 2 -> { // settled entries are damaged or gone
          Path acks = Segment.acks(some);
          byte[] junk = new byte[random.nextInt(100)];
          random.nextBytes(junk);
          Files.write(acks, junk);
          acksDamaged = true;
        }
        case 3 -> { // not ours, or no file
          Files.write(home().folder().resolve("lost+found.txt"), new byte[10]);
          Files.createDirectory(Segment.path(home().folder(), 901));
        }
        case 4 -> { // endless names and empty files
          Files.write(Segment.path(home().folder(), 999_999_999_998L), new byte[0]);
        }
        default -> {}
      }
    }
  }
}
