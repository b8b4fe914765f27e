package dev.stoker.jvm.profile;

import java.util.regex.Pattern;

/**
 * Names of native libraries, which async-profiler gives where a class would stand. A dot in them is
 * a dot, not one between packages.
 */
public final class LibraryNames {
  /**
   * With a version behind it, and with what the kernel and package managers add to the name of a
   * file that was replaced: <code>libx-2.17.so;5f3a0b1c (deleted)</code>.
   */
  private static final Pattern LIBRARY =
      Pattern.compile("\\.(?:so|dylib|jnilib|dll)(?:\\.[0-9]+)*(?:[;\\s(-].*)?$");

  private static final Pattern REPLACED = Pattern.compile("[0-9a-f]{4,16}(?: \\(deleted\\))?");

  private LibraryNames() {}

  public static boolean isLibrary(String name) {
    return LIBRARY.matcher(name).find();
  }

  /** What stands behind the <code>;</code> in the name of a library that was replaced. */
  public static boolean isReplacedSuffix(String text) {
    return REPLACED.matcher(text).matches();
  }
}
