package dev.stoker.discovery.kubernetes.api;

import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * BoringSSL for the JDK's HTTP client. To decrypt what a busy watch brings took two thirds of all
 * CPU: the JVM has AES-GCM in machine code with its second compiler alone, which the launcher does
 * not use. Certificates and host names are judged by the same trust manager as without it, and
 * protocols and ciphers are those that the JVM allows.
 */
final class NativeTls extends SSLContextSpi {
  private static final Logger log = LoggerFactory.getLogger(NativeTls.class);

  private final SslContext context;

  private NativeTls(SslContext context) {
    this.context = context;
  }

  /**
   * @param client with its trust and key managers set
   * @return null = the JVM's own TLS is to be used: there is no library for this machine, or the
   *     client has a certificate of its own, with a key that BoringSSL may not know
   */
  static @Nullable SSLContext of(StandardHttpClientBuilder<?, ?, ?> client) {
    SSLContext jvm = client.getSslContext();
    KeyManager[] keys = client.getKeyManagers();
    TrustManager[] trust = client.getTrustManagers();
    if (jvm == null
        || keys != null && keys.length > 0
        || trust == null
        || trust.length != 1
        // Others would have to look at the host's name by themselves.
        || !(trust[0] instanceof X509ExtendedTrustManager)
        || !OpenSsl.isAvailable()) {
      return null;
    }
    try {
      SSLParameters allowed = jvm.getDefaultSSLParameters();
      SslContext context =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.OPENSSL)
              .trustManager(trust[0])
              .protocols(allowed.getProtocols())
              .ciphers(List.of(allowed.getCipherSuites()), SupportedCipherSuiteFilter.INSTANCE)
              .build();
      return new SSLContext(new NativeTls(context), jvm.getProvider(), jvm.getProtocol()) {};
    } catch (SSLException unusable) {
      log.atInfo()
          .addKeyValue("error", String.valueOf(unusable.getMessage()))
          .log("BoringSSL cannot be used for the API server, so the JVM decrypts its answers");
      return null;
    }
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return new NativeEngine(context.newEngine(ByteBufAllocator.DEFAULT));
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return new NativeEngine(context.newEngine(ByteBufAllocator.DEFAULT, host, port));
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return engineCreateSSLEngine().getSSLParameters();
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    SSLEngine engine = engineCreateSSLEngine();
    return new SSLParameters(engine.getSupportedCipherSuites(), engine.getSupportedProtocols());
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return context.sessionContext();
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return context.sessionContext();
  }

  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
      throws KeyManagementException {
    throw new KeyManagementException("it has its managers already");
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    throw new UnsupportedOperationException("the client reads by engines alone");
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    throw new UnsupportedOperationException("this is for a client");
  }
}
