package dev.stoker.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections and reads request heads, all on one thread: a client that does not finish its
 * head holds a few kilobytes for some seconds, no thread, and makes room when others come. One
 * request per connection. The JDK's own HTTP server has no such bounds, other than by system
 * properties, which are the host application's.
 */
final class HttpListener implements Runnable, AutoCloseable {
  private static final int MAX_WAITING = 128;
  private static final long HEAD_NANOS = 5_000_000_000L;
  private static final long PAUSE_MILLIS = 100;

  private final ServerSocketChannel server;
  private final Selector selector;
  private final Executor workers;
  private final Handler handler;
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Without a whole head yet, longest waiting first. */
  private final Map<SocketChannel, Waiting> waiting = new LinkedHashMap<>();

  /** Answers a request on a worker's thread. */
  interface Handler {
    /**
     * @param head null = it was none
     * @param exchange closed by the caller
     */
    void answer(@Nullable RequestHead head, HttpExchange exchange) throws IOException;
  }

  private static final class Waiting {
    private final long since = System.nanoTime();
    private final ByteBuffer bytes = ByteBuffer.allocate(RequestHead.MAX_BYTES);
  }

  /**
   * @throws IOException the port cannot be had
   */
  HttpListener(InetSocketAddress address, Executor workers, Handler handler) throws IOException {
    this.workers = workers;
    this.handler = handler;
    this.server = ServerSocketChannel.open();
    this.selector = Selector.open();
    try {
      server.bind(address);
      server.configureBlocking(false);
      server.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException | RuntimeException failed) {
      close();
      throw failed;
    }
  }

  int port() {
    return server.socket().getLocalPort();
  }

  /** Until it is closed. */
  @Override
  public void run() {
    while (server.isOpen()) {
      try {
        selector.select(waiting.isEmpty() ? 0 : HEAD_NANOS / 5_000_000);
        serve();
      } catch (ClosedSelectorException closed) {
        return;
      } catch (IOException | RuntimeException | Error failed) {
        // No more file descriptors, threads or memory, for example: they may come back.
        pause();
      }
    }
  }

  private void serve() throws IOException {
    for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
      SelectionKey key = keys.next();
      keys.remove();
      try {
        if (key.isAcceptable()) {
          accept();
        } else if (key.isReadable()) {
          read(key, (SocketChannel) key.channel());
        }
      } catch (CancelledKeyException closed) {
        // It made room for another one.
      }
    }
    long now = System.nanoTime();
    for (Iterator<Map.Entry<SocketChannel, Waiting>> all = waiting.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<SocketChannel, Waiting> oldest = all.next();
      if (now - oldest.getValue().since < HEAD_NANOS) {
        break;
      }
      all.remove();
      closeQuietly(oldest.getKey());
    }
  }

  private void accept() throws IOException {
    SocketChannel client = server.accept();
    if (client == null) {
      return;
    }
    if (waiting.size() >= MAX_WAITING) {
      SocketChannel oldest = waiting.keySet().iterator().next();
      waiting.remove(oldest);
      closeQuietly(oldest);
    }
    try {
      client.configureBlocking(false);
      client.register(selector, SelectionKey.OP_READ);
      waiting.put(client, new Waiting());
    } catch (IOException gone) {
      closeQuietly(client);
    }
  }

  private void read(SelectionKey key, SocketChannel client) {
    Waiting head = waiting.get(client);
    if (head == null) {
      return;
    }
    int read;
    try {
      read = client.read(head.bytes);
    } catch (IOException reset) {
      read = -1;
    }
    int end = RequestHead.end(head.bytes.array(), head.bytes.position());
    if (end >= 0 || !head.bytes.hasRemaining()) {
      waiting.remove(client);
      key.cancel();
      hand(client, end < 0 ? null : RequestHead.parse(head.bytes.array(), end));
    } else if (read < 0) {
      waiting.remove(client);
      closeQuietly(client);
    }
  }

  private void hand(SocketChannel client, @Nullable RequestHead head) {
    try {
      workers.execute(() -> answer(client, head));
    } catch (RejectedExecutionException tooMany) {
      closeQuietly(client);
    } catch (RuntimeException | Error failed) {
      closeQuietly(client);
      throw failed;
    }
  }

  private void answer(SocketChannel client, @Nullable RequestHead head) {
    try (HttpExchange exchange = new HttpExchange(client, HttpExchange.STALL_MILLIS)) {
      handler.answer(head, exchange);
    } catch (IOException | RuntimeException gone) {
      // The client is away, or too slow.
    }
  }

  /** Ends at once when the listener is closed. */
  private void pause() {
    try {
      if (ended.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception gone) {
      // There is nothing left to do.
    }
  }

  @Override
  public void close() {
    ended.countDown();
    closeQuietly(server);
    closeQuietly(selector);
  }
}
