package dev.stoker.write.pyroscope;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy that forgets its connections when told, as a firewall does: they stay open, what
 * comes is swallowed, nothing is ever answered. Later ones work.
 */
final class SilentProxy implements Closeable {
  private final ServerSocket server;
  private final int port;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger epoch = new AtomicInteger();
  private final AtomicLong passed = new AtomicLong();
  private final AtomicLong swallowed = new AtomicLong();
  private volatile boolean mute;

  /** What may fail because one side is gone. */
  private interface Step {
    void run() throws IOException;
  }

  SilentProxy(int port) throws IOException {
    this.port = port;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread(
        () -> {
          while (true) {
            Socket client = server.accept();
            accepted.incrementAndGet();
            open.incrementAndGet();
            thread(() -> serve(client));
          }
        });
  }

  int port() {
    return server.getLocalPort();
  }

  /** Connections that clients have opened so far. */
  int accepted() {
    return accepted.get();
  }

  /** Those that clients have not closed. */
  int open() {
    return open.get();
  }

  /** Bytes of answers that went through. */
  long passed() {
    return passed.get();
  }

  /** Forgets the connections that are open now. */
  void silence() {
    swallowed.set(0);
    epoch.incrementAndGet();
  }

  /** Bytes of clients that went nowhere since {@link #silence}. */
  long swallowed() {
    return swallowed.get();
  }

  /** New connections are accepted, and nothing more. */
  void mute(boolean on) {
    mute = on;
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

  private void serve(Socket client) throws IOException {
    sockets.add(client);
    int born = mute ? -1 : epoch.get();
    Socket upstream = new Socket(InetAddress.getLoopbackAddress(), port);
    sockets.add(upstream);
    thread(() -> copy(upstream, client, born, passed));
    try {
      copy(client, upstream, born, new AtomicLong());
    } finally {
      open.decrementAndGet();
      upstream.close();
    }
  }

  private void copy(Socket from, Socket to, int born, AtomicLong count) throws IOException {
    byte[] buffer = new byte[32 << 10];
    for (int n = from.getInputStream().read(buffer);
        n >= 0;
        n = from.getInputStream().read(buffer)) {
      if (born == epoch.get()) {
        to.getOutputStream().write(buffer, 0, n);
        count.addAndGet(n);
      } else {
        swallowed.addAndGet(n);
      }
    }
    if (born == epoch.get()) {
      to.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
