package dev.stoker.agent;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One answer, written as fast as the client reads; one that does not read is left. */
final class HttpExchange implements AutoCloseable {
  static final long STALL_MILLIS = 10_000;
  private static final long LINGER_MILLIS = 500;
  private static final int MAX_LEFT = 64 << 10;

  private final SocketChannel client;
  private final long stallMillis;
  private boolean answered;

  /**
   * @param client not blocking
   * @param stallMillis how long it may read nothing
   */
  HttpExchange(SocketChannel client, long stallMillis) {
    this.client = client;
    this.stallMillis = stallMillis;
  }

  /** Whether it came in on loopback, whatever else the server listens on. */
  boolean isLoopback() throws IOException {
    InetAddress local = ((InetSocketAddress) client.getLocalAddress()).getAddress();
    return local.isLoopbackAddress();
  }

  boolean isAnswered() {
    return answered;
  }

  void text(int status, String text, String... headers) throws IOException {
    send(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), headers);
  }

  /**
   * @param headers names and values in turn
   * @throws IOException also when the client reads nothing for some seconds
   */
  void send(int status, String type, byte[] body, String... headers) throws IOException {
    answered = true;
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(' ');
    head.append(status < 300 ? "OK" : "Error").append("\r\nConnection: close\r\nContent-Type: ");
    head.append(type).append("\r\nContent-Length: ").append(body.length).append("\r\n");
    head.append("X-Content-Type-Options: nosniff\r\n");
    for (int i = 0; i < headers.length; i += 2) {
      head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    write(ByteBuffer.wrap(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1)));
    write(ByteBuffer.wrap(body));
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (client.write(bytes) == 0 && !isReady(SelectionKey.OP_WRITE, stallMillis)) {
        throw new IOException("the client does not read");
      }
    }
  }

  private boolean isReady(int operation, long millis) throws IOException {
    try (Selector selector = Selector.open()) {
      client.register(selector, operation);
      return selector.select(millis) > 0;
    }
  }

  /** What the client still sends would make the system throw away what it has not yet read. */
  private void linger() throws IOException {
    client.shutdownOutput();
    ByteBuffer left = ByteBuffer.allocate(MAX_LEFT);
    long end = System.nanoTime() + LINGER_MILLIS * 1_000_000;
    while (left.hasRemaining()) {
      int read = client.read(left);
      long rest = (end - System.nanoTime()) / 1_000_000;
      if (read < 0 || rest <= 0 || (read == 0 && !isReady(SelectionKey.OP_READ, rest))) {
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (client) {
      if (answered) {
        linger();
      }
    }
  }
}
