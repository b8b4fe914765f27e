package dev.stoker.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The storage folder and the only lock in it: <code>stoker.lock</code> is locked while a daemon has
 * the folder (the system unlocks it when the process dies) and holds the daemon's process id. A
 * stop in good order empties the file, so its content at a start says whether the last stop was
 * one. Whoever writes below the folder asks for its own folder by {@link #make}, which takes the
 * lock when this process does not hold it. Commands that only read take nothing.
 *
 * <p>Its methods block and may be called from any thread; the threads of files share it.
 */
public final class StorageFolder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StorageFolder.class);
  private static final String LOCK = "stoker.lock";
  private static final int MAX_NOTE = 200;
  private static final List<String> OWN =
      List.of(LOCK, "instance-id", "queue", "baselines", "store", "tmp");

  private final Path path;
  private final Set<String> claimed = new HashSet<>();
  private @Nullable FileChannel channel;

  /** Which file {@link #channel} has locked; null = there is none. */
  private @Nullable Object lockedFile;

  private boolean takenBefore;
  private boolean unclean;

  /** Another daemon has the folder, or another owner in this one has a part of it. */
  public static final class InUseException extends IOException {
    private static final long serialVersionUID = 1L;

    InUseException(String message) {
      super(message);
    }
  }

  /** Takes nothing yet and makes nothing. */
  public StorageFolder(Path path) {
    this.path = path;
  }

  public Path path() {
    return path;
  }

  /**
   * Makes the folder when it is missing and takes its lock. Does nothing when this object holds the
   * lock and the locked file is still the one in the folder: a lock on a deleted file keeps no one
   * out.
   *
   * @throws InUseException when another daemon has the folder
   * @throws IOException with a message for the user: what is wrong, where, and what to do
   */
  public synchronized void take() throws IOException {
    Path file = path.resolve(LOCK);
    Object there = fileKey(file);
    if (channel != null && there != null && there.equals(lockedFile)) {
      return;
    }
    release();
    FileChannel opened = open(file);
    String note;
    try {
      note = note(opened);
      if (!locked(opened, file)) {
        throw new InUseException(inUse(note));
      }
    } catch (IOException refused) {
      opened.close();
      throw refused;
    }
    channel = opened;
    lockedFile = fileKey(file);
    if (!takenBefore) {
      takenBefore = true;
      unclean = !note.isEmpty();
      closeToOthers();
    }
    write("pid " + ProcessHandle.current().pid() + "\n");
  }

  private FileChannel open(Path file) throws IOException {
    try {
      PrivateFiles.folder(path);
      return PrivateFiles.open(
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
  }

  /** Tells a file from another one of the same name; null when there is none. */
  private static @Nullable Object fileKey(Path file) {
    try {
      Object key =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .fileKey();
      return key == null ? file : key;
    } catch (IOException missing) {
      return null;
    }
  }

  private String inUse(String note) {
    return "the storage folder "
        + path.toAbsolutePath()
        + " is in use by another Stoker"
        + (note.isEmpty() ? "" : " (" + note + ")")
        + ", which holds "
        + LOCK
        + "; stop that one, or give this one a folder of its own by --storage or"
        + " stoker.storage.path";
  }

  /**
   * Makes a folder below the storage folder when it is missing, and the storage folder too.
   *
   * @param name relative, such as <code>store/stoker.store.recent</code>
   * @throws IOException as {@link #take}
   */
  public Path make(String name) throws IOException {
    take();
    return PrivateFiles.folder(path.resolve(name));
  }

  /**
   * As {@link #make}, for an owner that must be the only one in this process until {@link
   * #release}.
   *
   * @throws InUseException when another owner still has it
   */
  public synchronized Path claim(String name) throws IOException {
    if (!claimed.add(name)) {
      throw new InUseException(
          path.resolve(name)
              + " is still in use by the component that had it before; it is free when that one has"
              + " closed it");
    }
    try {
      return make(name);
    } catch (IOException unusable) {
      claimed.remove(name);
      throw unusable;
    }
  }

  /** Another owner may {@link #claim} it. */
  public synchronized void release(String name) {
    claimed.remove(name);
  }

  /** What an earlier version wrote was readable for all. The folder itself may be shared. */
  private void closeToOthers() {
    try {
      PrivateFiles.Closed all = new PrivateFiles.Closed(0, 0);
      for (String own : OWN) {
        all = all.plus(PrivateFiles.close(path.resolve(own)));
      }
      if (all.failed() > 0) {
        log.atWarn()
            .addKeyValue("path", path)
            .addKeyValue("files", all.failed())
            .log(
                "files or folders can be read by other users, and that cannot be changed; give them"
                    + " to Stoker's user");
      } else if (all.changed() > 0) {
        log.atInfo()
            .addKeyValue("path", path)
            .addKeyValue("files", all.changed())
            .log("files and folders that others could read are private now");
      }
    } catch (IOException unreadable) {
      log.atWarn()
          .addKeyValue("path", path)
          .addKeyValue("error", String.valueOf(unreadable))
          .log("cannot look whether the storage folder is private");
    }
  }

  private static boolean locked(FileChannel channel, Path file) {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    } catch (IOException noLocks) {
      log.atWarn()
          .addKeyValue("path", file)
          .addKeyValue("error", String.valueOf(noLocks))
          .log("a file cannot be locked; see to it that no second Stoker uses this folder");
      return true;
    }
  }

  private static String note(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MAX_NOTE);
    channel.read(bytes, 0);
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
  }

  private void write(String note) {
    FileChannel open = channel;
    if (open == null) {
      return;
    }
    try {
      open.truncate(0);
      open.write(ByteBuffer.wrap(note.getBytes(StandardCharsets.UTF_8)), 0);
      open.force(true);
    } catch (IOException full) {
      log.atWarn()
          .addKeyValue("path", path)
          .addKeyValue("error", String.valueOf(full))
          .log("cannot note in the storage folder that Stoker runs");
    }
  }

  /** The daemon that had this folder before was killed, or its machine went down. */
  public synchronized boolean lastStopWasUnclean() {
    return unclean;
  }

  /** Gives the folder back after a stop in good order. */
  public synchronized void closeInGoodOrder() {
    write("");
    release();
  }

  /** Gives the folder back; the next start finds that this was no stop in good order. */
  @Override
  public synchronized void close() {
    release();
  }

  private void release() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException gone) {
        log.debug("cannot close the lock of the storage folder", gone);
      }
    }
  }
}
