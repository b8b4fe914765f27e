package dev.stoker.http.proxy;

import dev.stoker.http.tls.TlsMaterial;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Translates {@link Proxies} into the options of Vert.x. */
public record ProxyChoice(Proxies proxies) {
  public boolean speaksTls(URI url) {
    Proxies.Server server = proxies.of(url);
    return server != null && server.type() == ProxyType.HTTPS;
  }

  /**
   * The proxy of a URL.
   *
   * @param tls the TLS settings for a proxy that speaks TLS itself
   * @return null if the URL is reached directly
   */
  public @Nullable ProxyOptions of(URI url, @Nullable TlsMaterial tls) {
    Proxies.Server server = proxies.of(url);
    if (server == null) {
      return null;
    }
    ProxyOptions options =
        new ProxyOptions().setType(server.type()).setHost(server.host()).setPort(server.port());
    if (!server.username().isEmpty()) {
      options.setUsername(server.username()).setPassword(server.password().text());
    }
    if (proxies.authorization().isSet()) {
      options.setProxyAuthorization(proxies.authorization().text());
    }
    if (tls != null && server.type() == ProxyType.HTTPS) {
      options.setSslOptions(tls.options());
    }
    return options;
  }
}
