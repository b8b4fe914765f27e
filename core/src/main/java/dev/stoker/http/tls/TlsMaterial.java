package dev.stoker.http.tls;

import dev.stoker.http.secret.Secret;
import dev.stoker.http.secret.SecretFile;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS settings with their certificates read and checked. Vert.x tells connections apart by the
 * identity of the options, so once a certificate has changed no request uses an older connection.
 *
 * @param own the client's certificate, or null
 * @param ownName the name of the client's certificate in messages
 */
public record TlsMaterial(ClientSSLOptions options, @Nullable X509Certificate own, String ownName) {
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----", Pattern.DOTALL);

  /**
   * Reads and checks all certificates and keys. This call blocks.
   *
   * @throws IOException names the setting, the file and the reason
   */
  public static TlsMaterial read(Tls tls, Vertx vertx) throws IOException {
    ClientSSLOptions options = new ClientSSLOptions();
    options.setHostnameVerificationAlgorithm(tls.insecure() ? "" : "HTTPS");
    options.setTrustAll(tls.insecure());
    options.setEnabledSecureTransportProtocols(
        tls.only13() ? Set.of("TLSv1.3") : Set.of("TLSv1.2", "TLSv1.3"));
    if (!tls.insecure()) {
      options.setTrustOptions(TrustOptions.wrap(trust(tls)));
    }
    String ownName = name("tls_config.cert", tls.cert());
    X509Certificate own = null;
    if (tls.cert().isSet()) {
      String cert = SecretFile.text(tls.cert(), "tls_config.cert_file");
      own = certificates(cert, ownName).get(0);
      String key = SecretFile.text(tls.key(), "tls_config.key_file");
      PemKeyCertOptions pair =
          new PemKeyCertOptions().setCertValue(Buffer.buffer(cert)).setKeyValue(Buffer.buffer(key));
      check(pair, own, ownName + " and " + name("tls_config.key", tls.key()), vertx);
      options.setKeyCertOptions(pair);
    }
    return new TlsMaterial(options, own, ownName);
  }

  private static String name(String setting, Secret secret) {
    return secret.file().isEmpty() ? setting + "_pem" : setting + "_file " + secret.file();
  }

  private static TrustManager trust(Tls tls) throws IOException {
    String name = name("tls_config.ca", tls.ca());
    try {
      KeyStore store = null;
      if (tls.ca().isSet()) {
        store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (X509Certificate ca :
            certificates(SecretFile.text(tls.ca(), "tls_config.ca_file"), name)) {
          store.setCertificateEntry("ca-" + store.size(), ca);
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager x509) {
          String trusted = tls.ca().isSet() ? name : "the JVM's trust store";
          return new ExplainingTrust(x509, trusted);
        }
      }
      throw new IOException("this JVM has no X.509 trust manager");
    } catch (GeneralSecurityException unusable) {
      throw new IOException(name + " cannot be used: " + unusable.getMessage(), unusable);
    }
  }

  private static List<X509Certificate> certificates(String pem, String name) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher blocks = CERTIFICATE.matcher(pem);
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      while (blocks.find()) {
        byte[] block = blocks.group().getBytes(StandardCharsets.US_ASCII);
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
      }
    } catch (GeneralSecurityException malformed) {
      throw new IOException(name + " holds a malformed certificate", malformed);
    }
    if (certificates.isEmpty()) {
      throw new IOException(
          name + " holds no PEM block; it must start with -----BEGIN CERTIFICATE-----");
    }
    return certificates;
  }

  /** Two files are seldom swapped at once: a new key with an old certificate is not taken. */
  private static void check(PemKeyCertOptions pair, X509Certificate own, String name, Vertx vertx)
      throws IOException {
    boolean belong = false;
    try {
      for (KeyManager manager : pair.getKeyManagerFactory(vertx).getKeyManagers()) {
        if (manager instanceof X509KeyManager keys) {
          String type = own.getPublicKey().getAlgorithm();
          String[] aliases = keys.getClientAliases(type, null);
          belong = aliases != null && belong(keys.getPrivateKey(aliases[0]), own);
        }
      }
    } catch (Exception unusable) {
      throw new IOException(name + " cannot be used: " + unusable.getMessage(), unusable);
    }
    if (!belong) {
      throw new IOException(name + " do not belong together: the key is another certificate's");
    }
  }

  private static boolean belong(PrivateKey key, X509Certificate own)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA", "Ed25519", "Ed448" -> key.getAlgorithm();
          default -> "";
        };
    if (algorithm.isEmpty()) {
      return true;
    }
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    byte[] signed = signature.sign();
    signature.initVerify(own.getPublicKey());
    return signature.verify(signed);
  }

  /** Says what is wrong with the client's own certificate now, or "". */
  public String advice(Instant now) {
    return own == null || ExplainingTrust.validity(own, now).isEmpty()
        ? ""
        : ownName + ": the certificate " + ExplainingTrust.validity(own, now);
  }

  /** Shows nothing, because the record holds a key. */
  @Override
  public String toString() {
    return "TlsMaterial[***]";
  }
}
