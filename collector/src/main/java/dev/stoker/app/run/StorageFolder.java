package dev.stoker.app.run;

import dev.stoker.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The storage folder belongs to one daemon: <code>stoker.lock</code> is locked while it runs (the
 * system unlocks it when a process dies) and holds its process id; a clean stop empties it, so what
 * it holds at a start tells whether the last stop was one. Blocking; the main thread.
 */
public final class StorageFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StorageFolder.class);
  private static final int MAX_NOTE = 200;
  private static final List<String> OWN =
      List.of("stoker.lock", "instance-id", "queue", "baselines", "store", "tmp");

  private final FileChannel channel;
  private final boolean unclean;

  private StorageFolder(FileChannel channel, boolean unclean) {
    this.channel = channel;
    this.unclean = unclean;
  }

  /**
   * Makes the folder when it is missing, and takes it.
   *
   * @throws IOException with a message for the user: what, where, what to do
   */
  public static StorageFolder take(Path path) throws IOException {
    Path file = path.resolve("stoker.lock");
    FileChannel channel;
    try {
      PrivateFiles.folder(path);
      channel =
          PrivateFiles.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException unusable) {
      throw new IOException(
          "cannot use the storage folder "
              + path.toAbsolutePath()
              + ": "
              + unusable
              + "; make it writable, or name another one by --storage or stoker.storage.path",
          unusable);
    }
    String note = note(channel);
    if (!locked(channel, file)) {
      channel.close();
      throw new IOException(
          "the storage folder "
              + path.toAbsolutePath()
              + " is in use by another Stoker"
              + (note.isEmpty() ? "" : " (" + note + ")")
              + ", which holds "
              + file.getFileName()
              + "; stop that one, or give this one a folder of its own by --storage or"
              + " stoker.storage.path");
    }
    closeToOthers(path);
    StorageFolder taken = new StorageFolder(channel, !note.isEmpty());
    taken.write("pid " + ProcessHandle.current().pid() + "\n");
    return taken;
  }

  /** What an earlier version wrote was readable for all. The folder itself may be shared. */
  private static void closeToOthers(Path path) {
    try {
      PrivateFiles.Closed all = new PrivateFiles.Closed(0, 0);
      for (String own : OWN) {
        all = all.plus(PrivateFiles.close(path.resolve(own)));
      }
      if (all.failed() > 0) {
        log.warn(
            "{} files or folders below {} can be read by other users, and that cannot be changed;"
                + " give them to Stoker's user",
            all.failed(),
            path);
      } else if (all.changed() > 0) {
        log.info("{} files and folders below {} are private now", all.changed(), path);
      }
    } catch (IOException unreadable) {
      log.warn("cannot look whether {} is private: {}", path, String.valueOf(unreadable));
    }
  }

  private static boolean locked(FileChannel channel, Path file) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    } catch (IOException noLocks) {
      log.warn(
          "{} cannot be locked: {}; see to it that no second Stoker uses this folder",
          file,
          String.valueOf(noLocks));
      return true;
    }
  }

  private static String note(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MAX_NOTE);
    channel.read(bytes, 0);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
  }

  private void write(String note) {
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(note.getBytes(StandardCharsets.UTF_8)), 0);
      channel.force(true);
    } catch (IOException full) {
      log.warn("cannot note in the storage folder that Stoker runs: {}", String.valueOf(full));
    }
  }

  /** The last daemon in this folder was killed, or its machine was. */
  public boolean lastStopWasUnclean() {
    return unclean;
  }

  /** After a stop in good order; without it the next start finds an unclean one. */
  public void markClean() {
    write("");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException gone) {
      log.debug("cannot close the lock of the storage folder", gone);
    }
  }
}
