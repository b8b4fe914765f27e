package dev.stoker.http.proxy;

import dev.stoker.http.address.Urls;
import dev.stoker.http.secret.Redaction;
import dev.stoker.http.secret.Secret;
import io.vertx.core.net.ProxyType;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy a request goes through.
 *
 * @param http the proxy for http URLs, if there is one
 * @param https the proxy for https URLs, if there is one
 * @param except hosts that are reached directly
 * @param authorization the header Proxy-Authorization as it is sent; if it is not set, the user and
 *     password of the proxy's URL are used
 */
public record Proxies(
    Optional<Server> http, Optional<Server> https, NoProxy except, Secret authorization) {
  public static final Proxies NONE =
      new Proxies(Optional.empty(), Optional.empty(), NoProxy.NOTHING, Secret.NONE);

  /**
   * A proxy.
   *
   * @param username the user, or "" if the proxy asks for no login
   */
  public record Server(ProxyType type, String host, int port, String username, Secret password) {
    private static final int SOCKS_PORT = 1080;
    private static final int MAX_PORT = 65535;

    /**
     * Reads the URL of a proxy.
     *
     * @param text for example <code>http://user:password@proxy:3128</code> or <code>socks5://proxy
     *     </code>; without a scheme it is http, as in Go
     * @return null if the text is no URL of a proxy
     */
    public static @Nullable Server parse(String text) {
      try {
        URI url = new URI(text.contains("://") ? text : "http://" + text);
        ProxyType type = type(url.getScheme());
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        boolean extra = !path.isEmpty() && !path.equals("/") || url.getRawQuery() != null;
        if (type == null || url.getHost() == null || extra || url.getPort() > MAX_PORT) {
          return null;
        }
        int port = url.getPort();
        if (port <= 0) {
          port = type == ProxyType.SOCKS5 ? SOCKS_PORT : Urls.port(url);
        }
        String user = url.getRawUserInfo() == null ? "" : url.getRawUserInfo();
        int colon = user.indexOf(':');
        String name = Urls.decode(colon < 0 ? user : user.substring(0, colon));
        String password = colon < 0 ? "" : Urls.decode(user.substring(colon + 1));
        return new Server(type, url.getHost(), port, name, Secret.text(password));
      } catch (URISyntaxException | IllegalArgumentException malformed) {
        return null;
      }
    }

    private static @Nullable ProxyType type(String scheme) {
      return switch (scheme.toLowerCase(Locale.ROOT)) {
        case "http" -> ProxyType.HTTP;
        case "https" -> ProxyType.HTTPS;
        case "socks5", "socks5h" -> ProxyType.SOCKS5;
        default -> null;
      };
    }

    private Stream<String> sent() {
      byte[] pair = (username + ":" + password.text()).getBytes(StandardCharsets.UTF_8);
      return Stream.of(password.text(), Base64.getEncoder().encodeToString(pair));
    }

    public boolean isPlainHttp() {
      return type == ProxyType.HTTP;
    }

    /** Shows no credentials. */
    @Override
    public String toString() {
      return type.name().toLowerCase(Locale.ROOT) + "://" + host + ":" + port;
    }
  }

  /** The texts that a proxy is sent and that nobody else may see. */
  public Stream<String> sent() {
    return Stream.concat(
        Stream.of(http, https).flatMap(Optional::stream).flatMap(Server::sent),
        Redaction.credentials(authorization.text()));
  }

  /** The proxy for a URL, or null if the URL is reached directly. */
  public @Nullable Server of(URI url) {
    Server server = (Urls.isHttps(url) ? https : http).orElse(null);
    return server == null || except.matches(url.getHost(), Urls.port(url)) ? null : server;
  }
}
