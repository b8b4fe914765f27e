package dev.stoker.http.address;

import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where requests lead. */
public final class Origins {
  /** Same scheme, host and port: where credentials may go. */
  public static boolean same(URI one, URI other) {
    return Objects.equals(one.getScheme(), other.getScheme())
        && Objects.equals(one.getRawAuthority(), other.getRawAuthority());
  }

  /**
   * Where a redirect leads.
   *
   * @param from the URL that has answered
   * @return null = nowhere that is http or https
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
