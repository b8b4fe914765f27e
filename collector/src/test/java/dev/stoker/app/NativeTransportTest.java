package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * The versions of Netty's classes and of its native files fit: otherwise NIO and the JVM's TLS are
 * used, and nothing but the CPU tells.
 */
class NativeTransportTest {
  @Test
  @EnabledOnOs(
      value = OS.LINUX,
      architectures = {"amd64", "aarch64"})
  void on_linux_the_native_transport_is_used() throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    try {
      assertThat(vertx.unavailableNativeTransportCause()).isNull();
      assertThat(vertx.isNativeTransportEnabled()).isTrue();
    } finally {
      vertx.close().await(20, TimeUnit.SECONDS);
    }
  }

  @Test
  @EnabledOnOs(
      value = OS.LINUX,
      architectures = {"amd64", "aarch64"})
  void on_linux_handshakes_are_boringssl() {
    assertThat(OpenSSLEngineOptions.isAvailable()).isTrue();
  }
}
