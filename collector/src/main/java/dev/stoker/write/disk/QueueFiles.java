package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What several classes do with a queue's files. */
final class QueueFiles {
  private static final String CORRUPT = ".corrupt";

  /** Regular files that are named like segments, oldest first; all else is not ours. */
  static List<Path> segments(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> Segment.number(file).isPresent())
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .sorted(Comparator.comparingLong(file -> Segment.number(file).orElse(0)))
          .toList();
    }
  }

  static int corrupt(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return (int) files.filter(file -> file.toString().endsWith(CORRUPT)).count();
    }
  }

  /** Never over another file. */
  static void moveAside(Path segment) {
    Path aside = Path.of(segment + CORRUPT);
    for (int i = 1; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); i++) {
      aside = Path.of(segment + "." + i + CORRUPT);
    }
    try {
      Files.move(segment, aside);
    } catch (IOException readOnly) {
      // passed over at every start
    }
  }

  /** Makes new files durable, not only what is in them. */
  static void syncFolder(DiskFiles files, Path folder) throws IOException {
    try (FileChannel channel = files.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** For people: what is wrong, and with which file. */
  static String reason(IOException failure) {
    String text = failure.getMessage() == null ? "" : failure.getMessage();
    if (failure instanceof NoSuchFileException) {
      return text + ": no such file or folder";
    }
    return failure instanceof FileSystemException || text.isEmpty()
        ? failure.getClass().getSimpleName() + ": " + text
        : text;
  }

  private QueueFiles() {}
}
