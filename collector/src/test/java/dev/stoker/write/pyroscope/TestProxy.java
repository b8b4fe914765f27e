package dev.stoker.write.pyroscope;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An HTTP and a SOCKS5 proxy on one port, told apart by the first byte. Whatever host is asked for,
 * it connects to 127.0.0.1; it remembers what it was asked for.
 */
final class TestProxy implements Closeable {
  private final ServerSocket server;
  private final String login;
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /**
   * @param login of Proxy-Authorization, or "user:password" of SOCKS5; "" = none is asked for
   */
  TestProxy(String login) throws IOException {
    this.login = login;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Such as "CONNECT host:1", "GET http://host:1/path" and "SOCKS host:1". */
  List<String> seen() {
    return seen;
  }

  /** What may fail because the other side is gone. */
  private interface Step {
    void run() throws IOException;
  }

  private static void thread(Step step) {
    Thread thread =
        new Thread(
            () -> {
              try {
                step.run();
              } catch (IOException closed) {
                // the test has ended, or the peer has
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      open.add(client);
      thread(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    int first = client.getInputStream().read();
    if (first == 5) {
      socks(client);
    } else {
      http(client, first);
    }
  }

  private void http(Socket client, int first) throws IOException {
    StringBuilder head = new StringBuilder().append((char) first);
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) byteOf(client.getInputStream()));
    }
    String[] request = head.substring(0, head.indexOf("\r\n")).split(" ");
    seen.add(request[0] + " " + request[1]);
    String sent = "";
    for (String line : head.toString().split("\r\n")) {
      if (line.toLowerCase(java.util.Locale.ROOT).startsWith("proxy-authorization: ")) {
        sent = line.substring("proxy-authorization: ".length());
      }
    }
    OutputStream back = client.getOutputStream();
    if (!login.equals(sent)) {
      back.write(ascii("HTTP/1.1 407 Login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
      client.close();
    } else if (request[0].equals("CONNECT")) {
      Socket up = up(Integer.parseInt(request[1].substring(request[1].lastIndexOf(':') + 1)));
      back.write(ascii("HTTP/1.1 200 Yes\r\n\r\n"));
      pump(client, up);
    } else {
      java.net.URI url = java.net.URI.create(request[1]);
      Socket up = up(url.getPort());
      up.getOutputStream().write(ascii(head.toString().replace(request[1], url.getRawPath())));
      pump(client, up);
    }
  }

  private void socks(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    OutputStream back = client.getOutputStream();
    bytes(in, byteOf(in));
    if (login.isEmpty()) {
      back.write(new byte[] {5, 0});
    } else {
      back.write(new byte[] {5, 2});
      byteOf(in);
      String sent = text(in) + ":" + text(in);
      back.write(new byte[] {1, (byte) (sent.equals(login) ? 0 : 1)});
      if (!sent.equals(login)) {
        seen.add("SOCKS refused");
        client.close();
        return;
      }
    }
    bytes(in, 3);
    String host =
        byteOf(in) == 3 ? text(in) : InetAddress.getByAddress(bytes(in, 4)).getHostAddress();
    int port = byteOf(in) << 8 | byteOf(in);
    seen.add("SOCKS " + host + ":" + port);
    Socket up = up(port);
    back.write(new byte[] {5, 0, 0, 1, 127, 0, 0, 1, 0, 0});
    pump(client, up);
  }

  private Socket up(int port) throws IOException {
    Socket up = new Socket(InetAddress.getLoopbackAddress(), port);
    open.add(up);
    return up;
  }

  private static void pump(Socket client, Socket up) throws IOException {
    thread(
        () -> {
          up.getInputStream().transferTo(client.getOutputStream());
          client.close();
        });
    client.getInputStream().transferTo(up.getOutputStream());
    up.close();
  }

  private static String text(InputStream in) throws IOException {
    return new String(bytes(in, byteOf(in)), StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    return bytes;
  }

  private static int byteOf(InputStream in) throws IOException {
    return bytes(in, 1)[0] & 0xff;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
