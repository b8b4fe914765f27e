package dev.stoker.http.secret;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.stream.Stream;

/** Takes secrets out of what a server has answered, because some send back what they were sent. */
public final class Redaction {
  private static final String MASK = "***";

  /** Shorter secrets are left alone, because they are found in any text. */
  private static final int TELLING_LENGTH = 4;

  private Redaction() {}

  /**
   * Replaces each secret by ***.
   *
   * @param text the whole text, because a secret that is cut in two is not found
   */
  public static String of(String text, Stream<String> secrets) {
    return secrets
        .filter(secret -> secret.length() >= TELLING_LENGTH)
        .sorted(Comparator.comparingInt(String::length).reversed())
        .reduce(text, (shown, secret) -> shown.replace(secret, MASK));
  }

  /**
   * The secret parts of an Authorization header.
   *
   * @param header for example <code>Bearer x</code>, or "" for none
   */
  public static Stream<String> credentials(String header) {
    String value = header.substring(header.indexOf(' ') + 1);
    if (!header.startsWith("Basic ")) {
      return Stream.of(value);
    }
    try {
      String pair = new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
      return Stream.of(value, pair.substring(pair.indexOf(':') + 1));
    } catch (IllegalArgumentException notBase64) {
      return Stream.of(value);
    }
  }
}
