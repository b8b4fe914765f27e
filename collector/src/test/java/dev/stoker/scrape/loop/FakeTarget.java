package dev.stoker.scrape.loop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A target on a real socket that answers with whatever bytes a test wants, HTTP or not: a server
 * library would refuse to be this bad. One thread per connection.
 */
public final class FakeTarget implements AutoCloseable {
  /** Writes an answer; the connection is closed when it returns. */
  public interface Answer {
    void write(String path, OutputStream out) throws IOException, InterruptedException;
  }

  private final ServerSocket server;
  private final Answer answer;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();

  public FakeTarget(Answer answer) {
    this.answer = answer;
    try {
      this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    start("accept", this::accept);
  }

  static Answer http(String status, String headers, byte[] body) {
    return (path, out) -> {
      head(out, status, headers + "Content-Length: " + body.length + "\r\n");
      out.write(body);
      out.flush();
    };
  }

  static void head(OutputStream out, String status, String headers) throws IOException {
    out.write(
        ("HTTP/1.1 " + status + "\r\n" + headers + "Connection: close\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  public String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  int requests() {
    return requests.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        start("serve", () -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      String request = readHead(socket.getInputStream());
      if (!request.isEmpty()) {
        requests.incrementAndGet();
        answer.write(request.split(" ", 3)[1], socket.getOutputStream());
      }
    } catch (IOException | InterruptedException gone) {
      // The client hung up, which is what most tests are about.
    } finally {
      open.remove(socket);
    }
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      head.append((char) b);
    }
    return head.toString();
  }

  private static void start(String name, Runnable body) {
    Thread thread = new Thread(body, "fake-target-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
