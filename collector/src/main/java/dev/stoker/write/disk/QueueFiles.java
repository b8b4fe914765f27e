package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What several classes do with a queue's files. */
final class QueueFiles {
  static final String CORRUPT = ".corrupt";
  static final String LATER = ".later";

  /**
   * @param segments regular files that are named like segments, oldest first
   * @param refused what else is named like a segment, and why it is not touched
   * @param highest number of a segment; 0 = there is none
   */
  record Listing(List<Path> segments, List<String> refused, long highest) {}

  /** All that is named otherwise is not ours. */
  static Listing list(Path folder) throws IOException {
    List<Path> named;
    try (Stream<Path> files = Files.list(folder)) {
      named =
          files
              .filter(file -> Segment.number(file).isPresent())
              .sorted(Comparator.comparingLong(file -> Segment.number(file).orElse(0)))
              .toList();
    }
    List<Path> segments = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    long highest = 0;
    for (Path file : named) {
      long number = Segment.number(file).orElse(0);
      String problem = problem(file, number);
      if (problem == null) {
        segments.add(file);
      } else {
        refused.add(file.getFileName() + " is left alone: " + problem);
      }
      highest = number <= Segment.MAX_NUMBER ? Math.max(highest, number) : highest;
    }
    return new Listing(segments, refused, highest);
  }

  private static @Nullable String problem(Path file, long number) {
    if (Files.isSymbolicLink(file)) {
      return "it is a symbolic link, and those are not followed";
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return "it is no regular file";
    }
    return number > Segment.MAX_NUMBER ? "no run of Stoker gives such a number" : null;
  }

  static List<Path> segments(Path folder) throws IOException {
    return list(folder).segments();
  }

  /** Segments that an older build than the one that wrote them has put aside. */
  static void takeBack(DiskFiles files, Path folder) throws IOException {
    List<Path> aside;
    try (Stream<Path> all = Files.list(folder)) {
      aside = all.filter(file -> file.toString().endsWith(LATER)).toList();
    }
    for (Path file : aside) {
      String name = file.getFileName().toString();
      Path segment = file.resolveSibling(name.substring(0, name.length() - LATER.length()));
      if (Segment.number(segment).isPresent()
          && !Files.exists(segment, LinkOption.NOFOLLOW_LINKS)
          && SegmentScan.isOurs(files, file)) {
        Files.move(file, segment);
      }
    }
  }

  static int corrupt(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return (int) files.filter(file -> file.toString().endsWith(CORRUPT)).count();
    }
  }

  /** Never over another file. */
  static void moveAside(Path segment, String suffix) {
    Path aside = Path.of(segment + suffix);
    for (int i = 1; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); i++) {
      aside = Path.of(segment + "." + i + suffix);
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
