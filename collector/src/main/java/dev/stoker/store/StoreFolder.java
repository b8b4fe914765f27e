package dev.stoker.store;

import dev.stoker.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store's folder and the lock that keeps a second daemon out. Writer thread only. */
final class StoreFolder implements AutoCloseable {
  private static final String LOCK = "store.lock";

  /** No store gives such a number; the next one would be too long for a name. */
  private static final long HIGHEST = 100_000_000_000_000_000L;

  private final Path path;
  private @Nullable FileChannel lockFile;

  StoreFolder(Path path) {
    this.path = path;
  }

  /** Makes the folder when it is missing and takes its lock. */
  void open() throws IOException {
    PrivateFiles.folder(path);
    Path file = path.resolve(LOCK);
    FileChannel channel =
        PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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
      throw new IOException(
          "another stoker uses the store in " + path + "; give this one its own --storage folder");
    }
    lockFile = channel;
  }

  /** After somebody deleted the folder: the old lock guards an unlinked file. */
  void reopen() throws IOException {
    close();
    open();
  }

  boolean exists() {
    return Files.exists(path.resolve(LOCK));
  }

  Path path() {
    return path;
  }

  /** Segments that a store wrote, oldest first; all else in the folder is not ours. */
  List<Path> segments(StoreFindings findings) throws IOException {
    List<Path> named;
    try (Stream<Path> files = Files.list(path)) {
      named =
          files
              .filter(file -> Segment.number(file).isPresent())
              .sorted((a, b) -> Long.compare(numberOf(a), numberOf(b)))
              .toList();
    }
    return named.stream().filter(file -> ours(file, findings)).toList();
  }

  private static boolean ours(Path file, StoreFindings findings) {
    String problem = Segment.notOurs(file);
    if (!problem.isEmpty()) {
      findings.remark(file.getFileName() + " is left alone: " + problem);
    }
    return problem.isEmpty();
  }

  /** Above every file that is named like a segment, ours or not. */
  long nextNumber() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
              .mapToLong(StoreFolder::numberOf)
              .filter(number -> number < HIGHEST)
              .max()
              .orElse(0)
          + 1;
    }
  }

  private static long numberOf(Path file) {
    return Segment.number(file).orElse(0);
  }

  @Override
  public void close() throws IOException {
    FileChannel open = lockFile;
    lockFile = null;
    if (open != null) {
      open.close();
    }
  }
}
