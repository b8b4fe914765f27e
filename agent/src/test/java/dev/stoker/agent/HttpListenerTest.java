package dev.stoker.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HttpListenerTest {
  /** A JVM that has no thread for one request has one for a later one. */
  @Test
  @Timeout(20)
  void anError_closesThatConnection_andLaterOnesAreAnswered() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Executor workers =
        task -> {
          if (asked.getAndIncrement() == 0) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          task.run();
        };
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (HttpListener listener =
        new HttpListener(
            any, workers, (head, exchange) -> exchange.send(200, "text/plain", bytes("there")))) {
      Thread thread = new Thread(listener, "listener");
      thread.start();

      assertThat(get(listener.port())).isEmpty();
      assertThat(get(listener.port())).startsWith("HTTP/1.1 200").endsWith("there");
      listener.close();
      thread.join();
    }
  }

  private static String get(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
