package dev.stoker.http.client;

import dev.stoker.http.proxy.Proxies;
import dev.stoker.http.secret.Secret;
import dev.stoker.http.tls.Tls;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How a component's HTTP client behaves. The arguments have the names that they have in Alloy.
 *
 * @param headers headers of every request to the configured host; their values are secrets
 * @param followRedirects true, as in Alloy, if up to 10 redirects are followed; credentials never
 *     go to another host, and pushes follow no redirect
 * @param http2 true, as in Alloy, if https may agree on HTTP/2 by ALPN
 */
public record HttpClientConfig(
    Auth auth,
    Tls tls,
    Proxies proxies,
    Map<String, List<Secret>> headers,
    boolean followRedirects,
    boolean http2) {
  public static final HttpClientConfig DEFAULT =
      new HttpClientConfig(new Auth.None(), Tls.DEFAULT, Proxies.NONE, Map.of(), true, true);

  public HttpClientConfig {
    headers = Map.copyOf(headers);
  }

  public HttpClientConfig with(Auth other) {
    return new HttpClientConfig(other, tls, proxies, headers, followRedirects, http2);
  }

  public HttpClientConfig with(Tls other) {
    return new HttpClientConfig(auth, other, proxies, headers, followRedirects, http2);
  }

  public HttpClientConfig with(Proxies other) {
    return new HttpClientConfig(auth, tls, other, headers, followRedirects, http2);
  }

  public HttpClientConfig withHeaders(Map<String, List<Secret>> others) {
    return new HttpClientConfig(auth, tls, proxies, others, followRedirects, http2);
  }

  public HttpClientConfig with(boolean redirects, boolean alpn) {
    return new HttpClientConfig(auth, tls, proxies, headers, redirects, alpn);
  }

  /** All secrets of this config, except those of the client for a token server. */
  List<Secret> secrets() {
    Stream<Secret> login = Stream.empty();
    if (auth instanceof Auth.Basic basic) {
      login = Stream.of(basic.password());
    } else if (auth instanceof Auth.Authorization other) {
      login = Stream.of(other.credentials());
    } else if (auth instanceof Auth.OAuth2 oauth2) {
      login = Stream.of(oauth2.clientSecret());
    }
    return Stream.of(
            login,
            headers.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .flatMap(header -> header.getValue().stream()),
            Stream.of(tls.ca(), tls.cert(), tls.key()))
        .flatMap(secrets -> secrets)
        .toList();
  }
}
