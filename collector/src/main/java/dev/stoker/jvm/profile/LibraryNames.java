package dev.stoker.jvm.profile;

import java.util.regex.Pattern;

/**
 * Names of native libraries, which async-profiler writes where the name of a class would stand. A
 * dot in them is just a dot and does not separate packages.
 */
public final class LibraryNames {
  /**
   * Matches a library with a version behind its name, and with the text that the kernel and package
   * managers add to the name of a replaced file: <code>libx-2.17.so;5f3a0b1c (deleted)</code>.
   */
  private static final Pattern LIBRARY =
      Pattern.compile("\\.(?:so|dylib|jnilib|dll)(?:\\.[0-9]+)*(?:[;\\s(-].*)?$");

  private static final Pattern REPLACED = Pattern.compile("[0-9a-f]{4,16}(?: \\(deleted\\))?");

  private LibraryNames() {}

  public static boolean isLibrary(String name) {
    return LIBRARY.matcher(name).find();
  }

  /** The text after the semicolon in the name of a library that was replaced. */
  public static boolean isReplacedSuffix(String text) {
    return REPLACED.matcher(text).matches();
  }
}
