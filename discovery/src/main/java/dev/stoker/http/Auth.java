package dev.stoker.http;

/** How a client says who it is. */
public sealed interface Auth {
  /** Not at all; the default, also towards scraped pods. */
  record None() implements Auth {}

  /** RFC 7617. */
  record Basic(String username, Secret password) implements Auth {}

  /**
   * <code>Authorization: TYPE CREDENTIALS</code>.
   *
   * @param type such as Bearer
   */
  record Authorization(String type, Secret credentials) implements Auth {}
}
