package dev.stoker.http.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A trust manager that decides as the JVM's own one does. When a certificate is refused, the
 * message names the host, the certificate's names and dates, and where the trusted CAs come from.
 * Called on the threads of TLS handshakes; it has no state.
 */
final class ExplainingTrust extends X509ExtendedTrustManager {
  private static final int SHOWN_NAMES = 10;

  private final X509ExtendedTrustManager jvm;
  private final String trusted;

  /**
   * @param trusted where the trusted CAs come from, for messages
   */
  ExplainingTrust(X509ExtendedTrustManager jvm, String trusted) {
    this.jvm = jvm;
    this.trusted = trusted;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      jvm.checkServerTrusted(chain, authType, engine);
    } catch (CertificateException refused) {
      throw explained(chain, host(engine.getHandshakeSession(), engine.getPeerHost()), refused);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    try {
      jvm.checkServerTrusted(chain, authType, socket);
    } catch (CertificateException refused) {
      SSLSession session = socket instanceof SSLSocket ssl ? ssl.getHandshakeSession() : null;
      throw explained(chain, host(session, null), refused);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    jvm.checkServerTrusted(chain, authType);
  }

  private static String host(@Nullable SSLSession session, @Nullable String otherwise) {
    String host = session == null ? otherwise : session.getPeerHost();
    return host == null ? "the host" : host;
  }

  private CertificateException explained(
      X509Certificate[] chain, String host, CertificateException refused) {
    X509Certificate leaf = chain[0];
    String subject = "the server's certificate (" + leaf.getSubjectX500Principal() + ") ";
    String dates = validity(leaf, Instant.now());
    if (!dates.isEmpty()) {
      return new CertificateException(subject + dates, refused);
    }
    String words = String.valueOf(refused.getMessage());
    if (words.startsWith("No subject alternative") || words.startsWith("No name matching")) {
      return new CertificateException(
          subject
              + "is for "
              + names(leaf)
              + ", not for "
              + host
              + "; use one of these names, or set tls_config.server_name to it",
          refused);
    }
    if (words.contains("PKIX path building failed")) {
      return new CertificateException(
          subject
              + "is signed by "
              + leaf.getIssuerX500Principal()
              + ", which is not in "
              + trusted
              + "; set tls_config.ca_file to its CA's certificate",
          refused);
    }
    return new CertificateException(subject + "is refused: " + words, refused);
  }

  private static String names(X509Certificate leaf) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
      for (List<?> name : alternatives == null ? List.<List<?>>of() : alternatives) {
        if (name.get(1) instanceof String text && names.size() < SHOWN_NAMES) {
          names.add(text);
        }
      }
    } catch (CertificateParsingException malformed) {
      return "names that cannot be read";
    }
    return names.isEmpty() ? "no host name at all" : String.join(", ", names);
  }

  /** Says that a certificate is not valid yet, or not any more; "" if it is valid now. */
  static String validity(X509Certificate certificate, Instant now) {
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isAfter(end)) {
      return "expired at " + end;
    }
    Instant begin = certificate.getNotBefore().toInstant();
    return now.isBefore(begin) ? "is not valid before " + begin : "";
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    jvm.checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    jvm.checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    jvm.checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jvm.getAcceptedIssuers();
  }
}
