package dev.stoker.http.server;

import io.netty.handler.ssl.OpenSsl;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who makes the TLS handshakes of our servers. */
public final class Handshakes {
  private static final Logger log = LoggerFactory.getLogger(Handshakes.class);

  /**
   * BoringSSL where its library can be loaded. A handshake takes the JVM more than 20 ms of the
   * event loop with the launcher's compiler flags, and whoever connects can ask for many.
   *
   * @param server for people
   */
  public static SSLEngineOptions options(String server) {
    if (OpenSSLEngineOptions.isAvailable()) {
      return new OpenSSLEngineOptions();
    }
    log.atInfo()
        .addKeyValue("server", server)
        .addKeyValue("error", String.valueOf(OpenSsl.unavailabilityCause()))
        .log("BoringSSL cannot be loaded, so the JVM makes TLS handshakes, which takes more CPU");
    return new JdkSSLEngineOptions();
  }

  private Handshakes() {}
}
