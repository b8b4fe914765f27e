package dev.stoker.http.secret;

/**
 * A password, token or key: written in the config, or in a file that is read again when it changes.
 *
 * @param text "" = in the file
 * @param file "" = in the text
 */
public record Secret(String text, String file) {
  public static final Secret NONE = new Secret("", "");

  public static Secret text(String text) {
    return new Secret(text, "");
  }

  public static Secret file(String file) {
    return new Secret("", file);
  }

  public boolean isSet() {
    return !text.isEmpty() || !file.isEmpty();
  }

  /** Never the text. */
  @Override
  public String toString() {
    return file.isEmpty() ? text.isEmpty() ? "" : "***" : "file " + file;
  }
}
