package dev.stoker.write.disk;

import dev.stoker.files.StorageFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The folder of all queues, <code>queue</code> below the storage folder, which keeps other daemons
 * out of it. Not thread-safe: the queues' thread of files owns it.
 */
public final class QueueRoot {
  private static final String FOLDER = "queue";

  /** Earlier versions locked the first and noted in the second that they ran. */
  private static final List<String> FORMER = List.of("queue.lock", "running");

  private static final int SLUG = 40;
  private static final int HASH_BYTES = 6;

  private final StorageFolder storage;
  private final Path path;

  public QueueRoot(StorageFolder storage) {
    this.storage = storage;
    this.path = storage.path().resolve(FOLDER);
  }

  /**
   * Makes the folder when it is missing.
   *
   * @throws StorageFolder.InUseException when another daemon has the storage folder
   */
  void open() throws IOException {
    ensure();
    for (String file : FORMER) {
      Files.deleteIfExists(path.resolve(file));
    }
  }

  /** Makes the folder again when somebody has deleted it. */
  void ensure() throws IOException {
    storage.make(FOLDER);
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
}
