package dev.stoker.scrape.baseline;

import dev.stoker.files.PrivateFiles;
import dev.stoker.files.StorageFolder;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.delta.BaselineCodec;
import dev.stoker.pprof.delta.SavedBaseline;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The files behind {@link Baselines}, in a folder of their own: <code>snapshot</code>, which a
 * clean stop writes and the next start deletes, and <code>keys</code> (see {@link KeysFile}).
 * Blocking; one thread at a time.
 *
 * <p>A snapshot is a magic number, the count of its records, then each record's length and bytes as
 * {@link BaselineCodec} makes them. It becomes valid by a rename and is read at most once.
 */
final class BaselineFiles {
  static final String FOLDER = "baselines";
  private static final long MAGIC = 0x53544B4241534531L;

  /** About 10,000 series of 500 stacks; what is over it is left out and is a gap later. */
  static final long MAX_BYTES = 128L << 20;

  private final StorageFolder storage;
  private final Path folder;
  private final KeysFile keys;
  private final Set<Long> leftOut = new HashSet<>();

  /** A series got its first baseline, or is forgotten. */
  record KeyChange(long key, boolean added) {}

  /**
   * @param keys of all series that had a baseline
   * @param tooMany readable ones for which there was no memory
   * @param problem what could not be read; "" = nothing
   */
  record Loaded(Set<Long> keys, List<SavedBaseline> baselines, int tooMany, String problem) {}

  BaselineFiles(StorageFolder storage) {
    this.storage = storage;
    this.folder = storage.path().resolve(FOLDER);
    this.keys = new KeysFile(storage, folder);
  }

  /**
   * Reads all, and deletes the snapshot for good before it returns anything of it.
   *
   * @param fits whether there is memory for one more
   */
  Loaded load(Predicate<SavedBaseline> fits) throws IOException {
    leftOut.clear();
    storage.make(FOLDER);
    List<String> problems = new ArrayList<>();
    List<SavedBaseline> baselines = consume(problems, fits);
    Set<Long> known = new HashSet<>();
    try {
      known.addAll(keys.read());
      baselines.forEach(saved -> known.add(KnownSeries.key(saved.series())));
      known.addAll(leftOut);
      keys.replace(known);
    } catch (IOException failed) {
      problems.add("keys: " + failed);
    }
    return new Loaded(known, baselines, leftOut.size(), String.join("; ", problems));
  }

  private List<SavedBaseline> consume(List<String> problems, Predicate<SavedBaseline> fits) {
    List<SavedBaseline> baselines = new ArrayList<>();
    try {
      Files.deleteIfExists(temporary());
      if (Files.exists(snapshot(), LinkOption.NOFOLLOW_LINKS)) {
        String problem = read(baselines, fits);
        if (!problem.isEmpty()) {
          problems.add(problem);
        }
        Files.delete(snapshot());
        sync(folder);
      }
    } catch (IOException undeletable) {
      problems.add("cannot delete the snapshot, so nothing of it is used: " + undeletable);
      baselines.clear();
    }
    return baselines;
  }

  private String read(List<SavedBaseline> baselines, Predicate<SavedBaseline> fits) {
    if (!Files.isRegularFile(snapshot(), LinkOption.NOFOLLOW_LINKS)) {
      return "the snapshot is a link or no regular file, and is not read";
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(snapshot()), 1 << 16))) {
      if (Files.size(snapshot()) > MAX_BYTES + (1 << 16) || in.readLong() != MAGIC) {
        return "the file is too large or of another version";
      }
      int damaged = 0;
      for (int records = in.readInt(); records > 0; records--) {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(Math.max(0, Math.min(length, (int) MAX_BYTES)));
        if (bytes.length != length) {
          return "the file ends " + records + " baselines early";
        }
        try {
          SavedBaseline saved = BaselineCodec.decode(bytes);
          if (fits.test(saved)) {
            baselines.add(saved);
          } else {
            leftOut.add(KnownSeries.key(saved.series()));
          }
        } catch (MalformedProfileException bad) {
          damaged++;
        }
      }
      return damaged == 0 ? "" : damaged + " baselines are unreadable";
    } catch (IOException unreadable) {
      return String.valueOf(unreadable);
    }
  }

  void append(List<KeyChange> changes) throws IOException {
    keys.append(changes);
  }

  /** The new snapshot, complete and on disk, but not valid before {@link #commit}. */
  void write(List<SavedBaseline> baselines) throws IOException {
    storage.make(FOLDER);
    try (FileChannel file =
        PrivateFiles.open(
            temporary(),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(file), 1 << 16));
      out.writeLong(MAGIC);
      out.writeInt(0);
      int records = 0;
      for (SavedBaseline saved : baselines) {
        byte[] bytes = BaselineCodec.encode(saved);
        if (out.size() + bytes.length > MAX_BYTES) {
          break;
        }
        out.writeInt(bytes.length);
        out.write(bytes);
        records++;
      }
      out.flush();
      file.position(Long.BYTES);
      out.writeInt(records);
      out.flush();
      file.force(true);
    }
  }

  void commit() throws IOException {
    Files.move(temporary(), snapshot(), StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
  }

  private Path snapshot() {
    return folder.resolve("snapshot");
  }

  private Path temporary() {
    return folder.resolve("snapshot.tmp");
  }

  /** A rename or delete is safe against a power cut only when its folder is synced. */
  static void sync(Path folder) throws IOException {
    try (FileChannel channel = PrivateFiles.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
