package dev.stoker.http.secret;

import dev.stoker.files.TextFile;
import dev.stoker.http.failure.FailureMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads secrets that are kept in files, and tells when such a file has changed. */
public final class SecretFile {
  /** Bytes that are far more than a bundle of certificates; a wrong path may name anything. */
  private static final int MAX_FILE = 4 << 20;

  /** An empty file is being written, or it is a mistake; it is never a secret. */
  private static final class EmptyFileException extends IOException {
    private static final long serialVersionUID = 1;

    EmptyFileException(String setting, String file) {
      super(setting + " " + file + " is empty; write the secret into it");
    }
  }

  /**
   * The text of a secret, without white space around it. This call blocks if the secret is kept in
   * a file.
   *
   * @param setting name of the setting, for the message
   * @throws IOException names the setting, the file and the reason
   */
  public static String text(Secret secret, String setting) throws IOException {
    if (secret.file().isEmpty()) {
      return secret.text();
    }
    try {
      String text = TextFile.read(Path.of(secret.file()), MAX_FILE).strip();
      if (text.isEmpty()) {
        throw new EmptyFileException(setting, secret.file());
      }
      return text;
    } catch (EmptyFileException empty) {
      throw empty;
    } catch (IOException | RuntimeException unreadable) {
      throw new IOException(
          setting
              + " "
              + secret.file()
              + " cannot be read ("
              + FailureMessages.ofFile(unreadable)
              + "); check path and permissions",
          unreadable);
    }
  }

  /**
   * A text that is another one when the file has changed. The real path is part of it, because a
   * mounted Kubernetes Secret is swapped by a symbolic link. This call blocks for a short time.
   */
  public static String stamp(Secret secret) {
    try {
      Path file = Path.of(secret.file());
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return file.toRealPath() + " " + attributes.lastModifiedTime() + " " + attributes.size();
    } catch (IOException | RuntimeException gone) {
      return "gone";
    }
  }

  private SecretFile() {}
}
