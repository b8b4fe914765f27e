package dev.stoker.app.command;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What <code>run</code> is told on the command line.
 *
 * @param listen null = as the config says
 * @param storage null = as the config says
 */
record RunArguments(Path config, @Nullable String listen, @Nullable Path storage, boolean strict) {
  /**
   * Reads a plain command line, as unit files and manifests have it. The library that reads all
   * others is of a class file version that no class data archive takes: to load and verify it is a
   * good part of what a start costs.
   *
   * @param words after <code>run</code>
   * @return null = it is not plain, or wrong: the library is to judge it
   */
  static @Nullable RunArguments plain(String[] words) {
    String config = null;
    String listen = null;
    String storage = null;
    boolean strict = false;
    for (int i = 0; i < words.length; i++) {
      String value = i + 1 < words.length ? words[i + 1] : "";
      if (words[i].equals("--strict") && !strict) {
        strict = true;
      } else if (words[i].equals("--listen") && listen == null && isPlain(value)) {
        listen = value;
        i++;
      } else if (words[i].equals("--storage") && storage == null && isPlain(value)) {
        storage = value;
        i++;
      } else if (config == null && isPlain(words[i])) {
        config = words[i];
      } else {
        return null;
      }
    }
    return config == null
        ? null
        : new RunArguments(
            Path.of(config), listen, storage == null ? null : Path.of(storage), strict);
  }

  /** Nothing that the library, or a file system, may take for something else. */
  private static boolean isPlain(String word) {
    return !word.isEmpty() && word.charAt(0) != '-' && word.matches("[\\w./:\\[\\]-]+");
  }
}
