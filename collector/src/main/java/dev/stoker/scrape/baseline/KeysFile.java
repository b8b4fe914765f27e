package dev.stoker.scrape.baseline;

import dev.stoker.files.PrivateFiles;
import dev.stoker.files.StorageFolder;
import dev.stoker.scrape.baseline.BaselineFiles.KeyChange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Which series have, or had, a baseline: an append-only file of 13-byte records (added or removed,
 * 64-bit hash of the series, CRC32C). A damaged record or a torn tail costs that record. Opened for
 * each batch, so a folder that somebody deleted comes back. Blocking; one thread at a time.
 */
final class KeysFile {
  private static final int RECORD = 1 + Long.BYTES + Integer.BYTES;
  private static final int MAX_RECORDS = 4_000_000;
  private static final int SPARSE = 4;
  private static final int FEW = 10_000;

  private final StorageFolder storage;
  private final Path folder;
  private final Set<Long> live = new HashSet<>();
  private long records;

  KeysFile(StorageFolder storage, Path folder) {
    this.storage = storage;
    this.folder = folder;
  }

  Set<Long> read() throws IOException {
    Set<Long> keys = new HashSet<>();
    if (!usable()) {
      return keys;
    }
    ByteBuffer record = ByteBuffer.allocate(RECORD);
    try (var in = new java.io.BufferedInputStream(Files.newInputStream(file()))) {
      for (int i = 0; i < MAX_RECORDS; i++) {
        if (in.readNBytes(record.array(), 0, RECORD) < RECORD) {
          break;
        }
        long key = record.getLong(1);
        if (record.getInt(1 + Long.BYTES) != checksum(record)) {
          continue;
        }
        if (record.get(0) == 1) {
          keys.add(key);
        } else {
          keys.remove(key);
        }
      }
    }
    return keys;
  }

  /** A link is not followed, and a pipe would never end; the next whole file takes their place. */
  private boolean usable() {
    return Files.isRegularFile(file(), LinkOption.NOFOLLOW_LINKS);
  }

  void append(List<KeyChange> changes) throws IOException {
    for (KeyChange change : changes) {
      if (change.added()) {
        live.add(change.key());
      } else {
        live.remove(change.key());
      }
    }
    storage.make(BaselineFiles.FOLDER);
    if (!usable() || records > FEW && records > SPARSE * (long) live.size()) {
      replace(Set.copyOf(live));
      return;
    }
    try (FileChannel channel =
        PrivateFiles.open(file(), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      channel.position(channel.size() / RECORD * RECORD);
      write(channel, changes);
    }
    records += changes.size();
  }

  /** The file holds just these from now on. */
  void replace(Set<Long> keys) throws IOException {
    live.retainAll(keys);
    live.addAll(keys);
    Path temporary = folder.resolve("keys.tmp");
    try (FileChannel channel =
        PrivateFiles.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      write(channel, keys.stream().map(key -> new KeyChange(key, true)).toList());
    }
    Files.move(temporary, file(), StandardCopyOption.ATOMIC_MOVE);
    BaselineFiles.sync(folder);
    records = keys.size();
  }

  private static void write(FileChannel channel, List<KeyChange> changes) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(changes.size() * RECORD);
    for (KeyChange change : changes) {
      ByteBuffer record = ByteBuffer.allocate(RECORD);
      record.put((byte) (change.added() ? 1 : 2)).putLong(change.key());
      record.putInt(checksum(record));
      bytes.put(record.flip());
    }
    bytes.flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(false);
  }

  private static int checksum(ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(record.array(), 0, 1 + Long.BYTES);
    return (int) crc.getValue();
  }

  private Path file() {
    return folder.resolve("keys");
  }
}
