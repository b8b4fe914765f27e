package dev.stoker.http.client;

import dev.stoker.http.address.Urls;
import dev.stoker.http.secret.Secret;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** How a client tells a server who it is. */
public sealed interface Auth {
  /** The client sends no login. This is the default, also towards scraped pods. */
  record None() implements Auth {}

  /** User and password as in RFC 7617. */
  record Basic(String username, Secret password) implements Auth {}

  /**
   * The header <code>Authorization: TYPE CREDENTIALS</code>.
   *
   * @param type for example Bearer
   */
  record Authorization(String type, Secret credentials) implements Auth {}

  /**
   * The client credentials grant of RFC 6749, section 4.4: a token is fetched and sent as Bearer.
   *
   * @param tokenUrl the URL of the token server; it may hold a password
   * @param params further parameters of the token request; they may hold secrets
   * @param client how the token server is reached; only TLS and proxy are used
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
