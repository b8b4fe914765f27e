package dev.stoker.app.command;

import dev.stoker.config.AlloyFile;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A config as users name it: a file, a folder, or <code>-</code> for standard input. */
final class ConfigArgument {
  /** One byte more than a config may have. */
  private static final int MAX_BYTES = (2 << 20) + 1;

  private static final Path STANDARD_INPUT = Path.of("-");

  private byte @Nullable [] text;

  LoadResult load(Path config, boolean strict) {
    return config.equals(STANDARD_INPUT)
        ? ConfigLoader.loadText(config, standardInput())
        : ConfigLoader.load(config, strict);
  }

  AlloyFile.Result convert(Path config) {
    return config.equals(STANDARD_INPUT)
        ? AlloyFile.convertText(config, standardInput())
        : AlloyFile.convert(config);
  }

  /** Standard input can be read only once. */
  private byte[] standardInput() {
    byte[] known = text;
    if (known == null) {
      try {
        known = System.in.readNBytes(MAX_BYTES);
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
      text = known;
    }
    return known;
  }
}
