package dev.stoker.config.source;

import dev.stoker.config.text.Utf8;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.schema.Place;
import dev.stoker.schema.Problems;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bytes of files, and notes what was there, so that a reload sees a change. Bounded: size
 * of a file, number and bytes of all files.
 */
final class FileReads {
  private static final long MAX_TOTAL_BYTES = 8L << 20;
  private static final int MAX_FILES = 1000;

  private final Problems problems;
  private final Map<Path, byte[]> given = new LinkedHashMap<>();
  private final Set<Path> read = new LinkedHashSet<>();
  private final Map<Path, String> states = new LinkedHashMap<>();
  private final IntSupplier parsed;
  private long totalBytes;

  /**
   * @param parsed files that have been parsed so far
   */
  FileReads(Problems problems, IntSupplier parsed) {
    this.problems = problems;
    this.parsed = parsed;
  }

  /** Gives a text that is read in place of a file. */
  void give(Path name, byte[] text) {
    given.put(name, text);
  }

  /**
   * The text of a file; null after a problem.
   *
   * @param blame where the problem is, when the file cannot be read
   */
  @Nullable String read(Path file, Place blame) {
    try {
      return read(file);
    } catch (Unreadable unreadable) {
      int line = unreadable.line;
      problems.error(line > 0 ? new Place(file.toString(), line) : blame, "", unreadable.text());
      return null;
    }
  }

  /** Says why a file has no text. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;
    private final int line;

    /**
     * @param line of the file; 0 = the file as a whole
     */
    Unreadable(String message, int line) {
      super(message, null, false, false);
      this.line = line;
    }

    String text() {
      String message = getMessage();
      return message == null ? "" : message;
    }
  }

  /** The text of a file. */
  String read(Path file) throws Unreadable {
    read.add(real(file));
    try {
      byte[] known = given.get(file);
      if (known != null) {
        return text(file, known);
      }
      if (Files.notExists(file)) {
        note(file, Sources.MISSING);
        throw new NoSuchFileException(file.toString());
      }
      if (!Files.isRegularFile(file)) {
        note(file, Sources.NO_FILE);
        throw new Unreadable(file + " is no regular file; name a .conf file", 0);
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(SourceFiles.MAX_BYTES + 1);
      }
      note(file, Sources.hash(bytes));
      return text(file, bytes);
    } catch (NoSuchFileException missing) {
      throw new Unreadable(file + " does not exist; check the path", 0);
    } catch (IOException | SecurityException unreadable) {
      note(file, Sources.UNREADABLE);
      throw new Unreadable(
          file
              + " cannot be read ("
              + FailureMessages.ofFile(unreadable)
              + "); check its permissions",
          0);
    }
  }

  private String text(Path file, byte[] bytes) throws Unreadable {
    try {
      totalBytes += bytes.length;
      if (bytes.length > SourceFiles.MAX_BYTES) {
        throw new Unreadable(
            file + " is larger than " + (SourceFiles.MAX_BYTES >> 20) + " MiB; split it", 0);
      }
      if (totalBytes > MAX_TOTAL_BYTES || parsed.getAsInt() >= MAX_FILES) {
        throw new Unreadable("too many files or bytes in one config; include fewer files", 0);
      }
      String text = Utf8.decode(bytes);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (Utf8.Malformed bad) {
      throw new Unreadable(file + " is not UTF-8 text; save it as UTF-8", bad.line);
    }
  }

  /** Bytes of all files so far. */
  long totalBytes() {
    return totalBytes;
  }

  /** Notes the state of a path at the time of reading. The first note counts. */
  void note(Path path, String state) {
    states.putIfAbsent(path.toAbsolutePath(), state);
  }

  Sources sources() {
    return new Sources(states);
  }

  static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException | SecurityException missing) {
      return file.toAbsolutePath().normalize();
    }
  }

  List<Path> files() {
    return List.copyOf(read);
  }
}
