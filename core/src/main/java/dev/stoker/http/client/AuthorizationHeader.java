package dev.stoker.http.client;

import dev.stoker.http.secret.Secret;
import dev.stoker.http.secret.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Makes the value of an <code>Authorization</code> header out of a login and its files. */
public final class AuthorizationHeader {
  /**
   * The value for a login. This call blocks if a secret is kept in a file.
   *
   * @return "" for no login, and for OAuth2, whose tokens come from a server
   * @throws IOException names the setting, the file and the reason
   */
  public static String of(Auth auth) throws IOException {
    if (auth instanceof Auth.Basic basic) {
      String password = SecretFile.text(basic.password(), "basic_auth.password_file");
      return basic(basic.username() + ":" + password);
    }
    if (auth instanceof Auth.Authorization other) {
      Secret credentials = other.credentials();
      String subject =
          credentials.file().isEmpty()
              ? "the credentials hold"
              : "the credentials' file " + credentials.file() + " holds";
      String text = SecretFile.text(credentials, "the credentials' file");
      return other.type() + " " + valid(text, subject);
    }
    return "";
  }

  /** The value for a user and a password that are joined by a colon. */
  public static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Checks that a text may stand in a header.
   *
   * @param subject of the message's sentence, with its verb
   * @throws IOException if the text would break the header
   */
  static String valid(String value, String subject) throws IOException {
    if (!isValid(value)) {
      throw new IOException(subject + " a line break or a character outside of ASCII");
    }
    return value;
  }

  static boolean isValid(String value) {
    return value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 127);
  }

  private AuthorizationHeader() {}
}
