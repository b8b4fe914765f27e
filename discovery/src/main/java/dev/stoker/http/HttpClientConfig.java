package dev.stoker.http;

/**
 * How a component's HTTP client behaves; argument names are Alloy's.
 *
 * @param followRedirects at most 16 redirects are followed; default true as in Alloy
 */
public record HttpClientConfig(boolean followRedirects) {
  public static final HttpClientConfig DEFAULT = new HttpClientConfig(true);
}
