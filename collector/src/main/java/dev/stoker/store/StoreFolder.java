package dev.stoker.store;

import dev.stoker.files.StorageFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of one store below the storage folder. Two stores of one name never have it at the
 * same time, also when a reload makes the second one while the first one closes. Writer thread
 * only.
 */
final class StoreFolder implements AutoCloseable {
  /** Earlier versions locked this file; the storage folder has the only lock now. */
  private static final String FORMER_LOCK = "store.lock";

  /** No store gives such a number; the next one would be too long for a name. */
  private static final long HIGHEST = 100_000_000_000_000_000L;

  private final StorageFolder storage;
  private final String name;
  private final Path path;
  private boolean open;

  StoreFolder(StorageFolder storage, String component) {
    this.storage = storage;
    this.name = "store/" + component;
    this.path = storage.path().resolve("store").resolve(component);
  }

  /** Makes the folder when it is missing and takes it. */
  void open() throws IOException {
    storage.claim(name);
    open = true;
    Files.deleteIfExists(path.resolve(FORMER_LOCK));
  }

  /** Makes the folder again when somebody has deleted it. */
  void ensure() throws IOException {
    storage.make(name);
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
  public void close() {
    if (open) {
      open = false;
      storage.release(name);
    }
  }
}
