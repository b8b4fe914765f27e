package dev.stoker.http;

/**
 * How a component's HTTP client behaves; argument names are Alloy's.
 *
 * @param followRedirects at most 10 redirects are followed, credentials never to another host;
 *     default true as in Alloy. Pushes follow none.
 */
public record HttpClientConfig(Auth auth, Tls tls, boolean followRedirects) {
  public static final HttpClientConfig DEFAULT =
      new HttpClientConfig(new Auth.None(), Tls.DEFAULT, true);
}
