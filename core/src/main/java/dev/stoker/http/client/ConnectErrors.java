package dev.stoker.http.client;

import dev.stoker.http.address.Urls;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.http.failure.NoAnswerException;
import dev.stoker.http.proxy.Proxies;
import io.netty.handler.proxy.ProxyConnectException;
import io.vertx.core.VertxException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why a connection could not be made. The words name hosts, never credentials. */
final class ConnectErrors {
  /**
   * Says why a request could not be opened.
   *
   * @param proxy the proxy that the request goes through, or null
   */
  static String text(URI url, Throwable failure, Proxies.@Nullable Server proxy) {
    if (failure instanceof SettingsException settings) {
      return String.valueOf(settings.getMessage());
    }
    String through = proxy == null ? "" : " through proxy " + proxy;
    if (NoAnswerException.behind(failure) instanceof NoAnswerException told) {
      return Urls.authority(url) + through + ": " + told.getMessage();
    }
    if (failure instanceof ProxyConnectException refused) {
      return "no way to " + Urls.authority(url) + through + ": " + proxyWords(refused);
    }
    if (failure instanceof UnknownHostException) {
      String host = proxy == null ? String.valueOf(url.getHost()) : proxy.host();
      return "cannot resolve host \"" + host + "\"";
    }
    if (failure instanceof SocketException) {
      return "cannot connect to "
          + (proxy == null ? Urls.authority(url) : "proxy " + proxy)
          + ": "
          + FailureMessages.of(failure);
    }
    if (failure instanceof SSLException) {
      return "no TLS with "
          + Urls.authority(url)
          + through
          + ": "
          + FailureMessages.of(innermost(failure));
    }
    return "cannot connect to "
        + Urls.authority(url)
        + through
        + ": "
        + FailureMessages.of(failure);
  }

  /** Netty says "http, basic, PROXY => HOST, status: 407 …"; only the end of it matters. */
  private static String proxyWords(ProxyConnectException refused) {
    String message = words(refused);
    int status = message.indexOf("status: ");
    String end = status < 0 ? message : message.substring(status);
    return end.contains("407") || end.toLowerCase(Locale.ROOT).contains("auth")
        ? end + "; look at the user and password in proxy_url"
        : end;
  }

  /**
   * Says what a TLS alert of the server means for the client's certificate. An alert may get lost:
   * then the connection is just closed.
   *
   * @param anonymous true if the client has no certificate
   * @return starts with "; ", or is empty
   */
  static String alert(Throwable failure, boolean anonymous) {
    String words = words(innermost(failure));
    boolean closed = failure instanceof VertxException && words.contains("was closed");
    if (!closed && !words.contains("fatal alert")) {
      return "";
    }
    boolean wanted = words.matches(".*(certificate_required|bad_certificate|handshake_failure).*");
    if (anonymous && (closed || wanted)) {
      return "; if the server wants a client certificate, set tls_config.cert_file and key_file";
    }
    return words.contains("certificate") || words.contains("unknown_ca")
        ? "; the server does not take the certificate of tls_config.cert_file"
        : "";
  }

  /** The outer exceptions of a failed handshake only say that it failed. */
  private static Throwable innermost(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause.getCause() != null && depth < 20; depth++) {
      if (cause instanceof java.security.cert.CertificateException) {
        break;
      }
      cause = cause.getCause();
    }
    return cause;
  }

  private static String words(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isEmpty() ? failure.getClass().getSimpleName() : message;
  }

  private ConnectErrors() {}
}
