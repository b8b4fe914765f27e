package dev.stoker.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is written below the storage folder is made here: profiles tell what a program
 * does, and labels may hold what nobody else should read. Files get the mode 0600 and folders 0700;
 * a umask can only take more away. On a file system without modes nothing is set. Blocking.
 */
public final class PrivateFiles {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  /** Makes the folder, and those above it, where they are missing. */
  public static Path folder(Path path) throws IOException {
    return Files.createDirectories(path, attributes(path, FOLDER));
  }

  /** As {@link FileChannel#open(Path, OpenOption...)}, also for reading. */
  public static FileChannel open(Path path, OpenOption... options) throws IOException {
    return FileChannel.open(path, Set.of(options), attributes(path, FILE));
  }

  /** Makes an empty file that was not there. */
  public static void create(Path path) throws IOException {
    Files.createFile(path, attributes(path, FILE));
  }

  /** The file holds just this text afterwards. */
  public static void write(Path path, String text) throws IOException {
    try (FileChannel channel =
        open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /** What {@link #close} has found. */
  public record Closed(int changed, int failed) {
    public Closed plus(Closed other) {
      return new Closed(changed + other.changed, failed + other.failed);
    }
  }

  /**
   * Takes from a file or folder, and from all below it, what others may do. Follows no links.
   *
   * @return how many modes were changed, and how many could not be
   */
  public static Closed close(Path path) throws IOException {
    int[] counts = new int[2];
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.walkFileTree(path, closing(counts));
    }
    return new Closed(counts[0], counts[1]);
  }

  private static FileVisitor<Path> closing(int[] counts) {
    return new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes known) {
        return take(folder, FOLDER);
      }

      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes known) {
        return known.isRegularFile() ? take(file, FILE) : FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
        counts[1]++;
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException unreadable) {
        counts[1] += unreadable == null ? 0 : 1;
        return FileVisitResult.CONTINUE;
      }

      private FileVisitResult take(Path path, Set<PosixFilePermission> wanted) {
        try {
          PosixFileAttributeView view = view(path);
          if (view == null) {
            return FileVisitResult.CONTINUE;
          }
          Set<PosixFilePermission> now = view.readAttributes().permissions();
          if (!wanted.containsAll(now)) {
            Set<PosixFilePermission> kept = EnumSet.copyOf(wanted);
            kept.retainAll(now);
            view.setPermissions(kept);
            counts[view.readAttributes().permissions().equals(kept) ? 0 : 1]++;
          }
        } catch (IOException | UnsupportedOperationException denied) {
          counts[1]++;
        }
        return FileVisitResult.CONTINUE;
      }
    };
  }

  private static @Nullable PosixFileAttributeView view(Path path) {
    return Files.getFileAttributeView(
        path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static FileAttribute<?>[] attributes(Path path, Set<PosixFilePermission> permissions) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }

  private PrivateFiles() {}
}
