package dev.stoker.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads a small file that a config names, within bounds of time and memory. A wrong path may name a
 * pipe, whose reader waits for ever, or a device, which never ends.
 */
public final class TextFile {
  /**
   * Reads the whole text. This call blocks.
   *
   * @param most the most bytes that the file may have
   * @throws IOException says what is wrong, also when the text is not UTF-8
   */
  public static String read(Path file, int most) throws IOException {
    if (Files.notExists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is no regular file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(most + 1);
    }
    if (bytes.length > most) {
      throw new IOException("it is larger than " + (most >> 20) + " MiB");
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private TextFile() {}
}
