package dev.stoker.http.client;

import dev.stoker.http.address.Urls;
import dev.stoker.http.secret.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;

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

  /**
   * Client credentials of RFC 6749, 4.4: a token is fetched and sent as Bearer.
   *
   * @param tokenUrl may hold a password
   * @param params further ones of the token request; may hold secrets
   * @param client how the token server is reached; only TLS and proxy count
   */
  record OAuth2(
      String clientId,
      Secret clientSecret,
      URI tokenUrl,
      List<String> scopes,
      Map<String, String> params,
      HttpClientConfig client)
      implements Auth {
    public OAuth2 {
      scopes = List.copyOf(scopes);
      params = Map.copyOf(params);
    }

    @Override
    public String toString() {
      return "OAuth2[" + clientId + ", " + Urls.shown(tokenUrl) + "]";
    }
  }
}
