package dev.stoker.write.disk;

import dev.stoker.files.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The folder of one endpoint's queue. Beside the segments it holds a file that says which endpoint
 * it is, without secrets.
 *
 * @param title what users see of the endpoint
 */
public record QueueHome(QueueRoot root, Path folder, String title) {
  private static final String TITLE = "endpoint";
  private static final int LONGEST_TITLE = 4096;

  /** Makes it, and the root above it, when somebody has deleted them. */
  void ensure() throws IOException {
    root.ensure();
    if (!Files.exists(folder.resolve(TITLE), LinkOption.NOFOLLOW_LINKS)) {
      PrivateFiles.folder(folder);
      PrivateFiles.write(folder.resolve(TITLE), title + "\n");
    }
  }

  /** What an endpoint's folder says; its own name when it says nothing. */
  static String title(Path folder) {
    Path file = folder.resolve(TITLE);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return folder.getFileName().toString(); // a pipe would never end
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] bytes = in.readNBytes(LONGEST_TITLE);
      String text = new String(bytes, StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? folder.getFileName().toString() : text;
    } catch (IOException missing) {
      return folder.getFileName().toString();
    }
  }

  void deleteIfEmpty() {
    try (Stream<Path> files = Files.list(folder)) {
      if (files.allMatch(file -> file.getFileName().toString().equals(TITLE))) {
        Files.deleteIfExists(folder.resolve(TITLE));
        Files.deleteIfExists(folder);
      }
    } catch (IOException gone) {
      // nothing to tidy up
    }
  }
}
