package dev.stoker.write.disk;

import dev.stoker.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of all queues, <code>queue</code> below the storage folder, and the lock that keeps a
 * second daemon out of it. Not thread-safe: one thread owns it.
 */
public final class QueueRoot {
  private static final String FOLDER = "queue";
  private static final String LOCK = "queue.lock";

  /** There while a daemon runs; found at the start, it says that the last one died. */
  private static final String RUNNING = "running";

  private static final int SLUG = 40;
  private static final int HASH_BYTES = 6;

  private final Path path;
  private @Nullable FileChannel lockFile;

  /** Another daemon has the folder. */
  public static final class LockedException extends IOException {
    private static final long serialVersionUID = 1L;

    LockedException(String message) {
      super(message);
    }
  }

  public QueueRoot(Path storage) {
    this.path = storage.resolve(FOLDER);
  }

  /**
   * @return true when the last daemon did not stop in good order
   * @throws LockedException when another daemon runs on it
   */
  public boolean open() throws IOException {
    lock();
    try {
      PrivateFiles.create(path.resolve(RUNNING));
      return false;
    } catch (FileAlreadyExistsException unclean) {
      return true;
    }
  }

  private void lock() throws IOException {
    PrivateFiles.folder(path);
    FileChannel channel =
        PrivateFiles.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException sameProcess) {
      lock = null;
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw new LockedException(
          "another stoker uses the queues in "
              + path
              + "; give this one its own folder: --storage, or stoker.storage.path");
    }
    lockFile = channel;
  }

  /** After somebody deleted the folder: the old lock guards an unlinked file. */
  void ensure() throws IOException {
    if (lockFile == null || !Files.exists(path.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)) {
      closeLock();
      open();
    }
  }

  /**
   * @param identity what the queue belongs to, of any length; not written to the disk
   * @param title what users see of it
   */
  public QueueHome home(String identity, String title) {
    String slug = title.replaceFirst("^https?://", "").replaceAll("[^A-Za-z0-9]+", "-");
    slug = slug.replaceAll("^-|-$", "").toLowerCase(Locale.ROOT);
    String name = slug.substring(0, Math.min(SLUG, slug.length())) + "-" + hash(identity);
    return new QueueHome(this, path.resolve(name), title);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException everyJvmHasIt) {
      throw new IllegalStateException(everyJvmHasIt);
    }
  }

  /** The folders of queues, in use or not. */
  public List<Path> homes() throws IOException {
    return homes(path);
  }

  static List<Path> homes(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files
          .filter(file -> Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }

  /** The folder of queues that a path means: itself, or the one below a storage folder. */
  static Path find(Path path) {
    Path below = path.resolve(FOLDER);
    return Files.isDirectory(below) ? below : path;
  }

  public Path path() {
    return path;
  }

  /** In good order: the next start finds nothing to remark. */
  public void close() {
    try {
      if (lockFile != null) {
        Files.deleteIfExists(path.resolve(RUNNING));
      }
      closeLock();
    } catch (IOException readOnly) {
      // the next start takes it for unclean
    }
  }

  private void closeLock() throws IOException {
    FileChannel open = lockFile;
    lockFile = null;
    if (open != null) {
      open.close();
    }
  }
}
