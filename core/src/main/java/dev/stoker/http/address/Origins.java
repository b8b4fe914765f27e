package dev.stoker.http.address;

import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Tells to which server a URL leads. */
public final class Origins {
  /** Two URLs with the same scheme, host and port: credentials of one may go to the other. */
  public static boolean same(URI one, URI other) {
    return Objects.equals(one.getScheme(), other.getScheme())
        && Objects.equals(one.getRawAuthority(), other.getRawAuthority());
  }

  /**
   * Resolves a redirect.
   *
   * @param from the URL that has answered
   * @return null if the redirect leads to something that is neither http nor https
   */
  public static @Nullable URI redirect(URI from, String location) {
    try {
      URI next = from.resolve(location);
      boolean http = "http".equals(next.getScheme()) || "https".equals(next.getScheme());
      return http && next.getHost() != null ? next : null;
    } catch (IllegalArgumentException bad) {
      return null;
    }
  }

  private Origins() {}
}
