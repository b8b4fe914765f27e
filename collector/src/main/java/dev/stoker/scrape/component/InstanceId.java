package dev.stoker.scrape.component;

import dev.stoker.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity of this Stoker, which lasts as long as its storage folder. Recordings that it starts
 * in other processes carry this id, so that it can tell its own from those of another Stoker.
 * Blocking: reads and writes a file.
 */
public final class InstanceId {
  private static final Logger log = LoggerFactory.getLogger(InstanceId.class);
  private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");

  /** The folder's id, or a new one that is kept there; never fails. */
  public static String of(Path storage) {
    Path file = storage.resolve("instance-id");
    try {
      if (Files.exists(file)) {
        String known = Files.readString(file).strip();
        if (ID.matcher(known).matches()) {
          return known;
        }
      }
      String made = random();
      PrivateFiles.folder(storage);
      PrivateFiles.write(file, made + "\n");
      return made;
    } catch (IOException unusable) {
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("error", String.valueOf(unusable))
          .log(
              "a file cannot be used; recordings that are left in targets when Stoker is killed"
                  + " will not be found again");
      return random();
    }
  }

  public static String random() {
    byte[] bytes = new byte[6];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private InstanceId() {}
}
