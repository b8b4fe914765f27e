package dev.stoker.http.secret;

/**
 * A password, token or key. It stands in the config, or in a file that is read again when it
 * changes.
 *
 * @param text the secret itself, or "" if it is kept in a file
 * @param file the path of the file, or "" if the secret stands in the config
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

  /** Never shows the text. */
  @Override
  public String toString() {
    return file.isEmpty() ? text.isEmpty() ? "" : "***" : "file " + file;
  }
}
