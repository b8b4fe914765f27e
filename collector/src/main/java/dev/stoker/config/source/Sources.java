package dev.stoker.config.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a config was made of: every file and folder that was read or looked for, by the path that
 * led to it (a mounted ConfigMap is swapped by a symlink on that path), and what was there. Two are
 * equal when the config has not changed; times of files do not matter.
 *
 * @param states by absolute path: a hash of the content, or why there is none
 */
public record Sources(Map<Path, String> states) {
  /** Nothing to watch. */
  public static final Sources NONE = new Sources(Map.of());

  static final String MISSING = "missing";
  public static final String UNREADABLE = "unreadable";
  static final String NO_FILE = "no regular file";

  private static final String SUFFIX = ".conf";

  public Sources {
    states = Map.copyOf(states);
  }

  /** Looks at the same paths again. It blocks, and never throws. */
  public Sources now() {
    Map<Path, String> current = new LinkedHashMap<>();
    states.keySet().forEach(path -> current.put(path, look(path)));
    return new Sources(current);
  }

  private static String look(Path path) {
    try {
      if (Files.isDirectory(path)) {
        return state(path);
      }
      if (Files.notExists(path)) {
        return MISSING;
      }
      if (!Files.isRegularFile(path)) {
        return NO_FILE;
      }
      try (InputStream in = Files.newInputStream(path)) {
        return hash(in.readNBytes(SourceFiles.MAX_BYTES + 1));
      }
    } catch (IOException | SecurityException unreadable) {
      return UNREADABLE;
    }
  }

  /**
   * The configs of a folder, sorted; hidden files are none. Files in Alloy's syntax count when
   * there are no others: what <code>stoker convert</code> has written may stand beside them.
   */
  public static List<Path> configs(Path folder) throws IOException {
    List<Path> own = files(folder, SUFFIX);
    return own.isEmpty() ? alloyConfigs(folder) : own;
  }

  public static List<Path> alloyConfigs(Path folder) throws IOException {
    return files(folder, AlloySource.SUFFIX);
  }

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(file -> isConfig(String.valueOf(file.getFileName()), suffix))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static boolean isConfig(String name, String suffix) {
    return name.endsWith(suffix) && !name.startsWith(".");
  }

  private static String listing(List<Path> configs) {
    return configs.stream()
        .map(file -> String.valueOf(file.getFileName()))
        .collect(Collectors.joining("/", "folder/", ""));
  }

  /** What is in a folder: all files that a config may be made of. */
  public static String state(Path folder) throws IOException {
    return listing(files(folder, SUFFIX)) + listing(alloyConfigs(folder));
  }

  static String hash(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
