package dev.stoker.agent;

import dev.stoker.jvm.own.JvmProfiler;
import dev.stoker.jvm.own.ProfileQuery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * <code>/debug/pprof/*</code> and <code>/jfr</code>. All threads are daemons; while nobody asks
 * there is one, which waits for a connection. A request with a window holds a thread for as long.
 */
final class AgentServer implements AutoCloseable {
  private static final int MAX_RUNNING = 16;
  private static final int MAX_WAITING = 32;
  private static final long IDLE_THREAD_SECONDS = 2;
  private static final long IDLE_CHECK_SECONDS = 10;
  private static final String PPROF = "/debug/pprof/";

  private final AgentOptions options;
  private final JvmProfiler profiler = new JvmProfiler(Clock.systemUTC());
  private final HttpListener listener;
  private final ThreadPoolExecutor requests;
  private final ScheduledThreadPoolExecutor watch;
  private final AtomicBoolean watching = new AtomicBoolean();
  private final AtomicInteger running = new AtomicInteger();

  /**
   * @throws IOException the port cannot be had
   */
  AgentServer(AgentOptions options) throws IOException {
    this.options = options;
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, "stoker-agent");
          thread.setDaemon(true);
          return thread;
        };
    requests =
        new ThreadPoolExecutor(
            MAX_RUNNING,
            MAX_RUNNING,
            IDLE_THREAD_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            daemons,
            new ThreadPoolExecutor.AbortPolicy());
    requests.allowCoreThreadTimeOut(true);
    watch = new ScheduledThreadPoolExecutor(1, daemons);
    watch.setKeepAliveTime(IDLE_THREAD_SECONDS, TimeUnit.SECONDS);
    watch.allowCoreThreadTimeOut(true);
    listener =
        new HttpListener(
            new InetSocketAddress(InetAddress.getByName(options.host()), options.port()),
            requests,
            this::handle);
  }

  void start() {
    Thread listening = new Thread(listener, "stoker-agent-listener");
    listening.setDaemon(true);
    listening.start();
  }

  int port() {
    return listener.port();
  }

  private void handle(@Nullable RequestHead head, HttpExchange exchange) throws IOException {
    try {
      answer(head, exchange);
    } catch (IOException | RuntimeException | LinkageError failure) {
      if (!exchange.isAnswered()) {
        exchange.text(500, "cannot profile this JVM: " + failure.getMessage() + "\n");
      }
    }
  }

  private void answer(@Nullable RequestHead head, HttpExchange exchange) throws IOException {
    if (head == null) {
      exchange.text(400, "this is no HTTP/1 request, or its head is too long\n");
      return;
    }
    String path = head.path();
    if (exchange.isLoopback() && !options.wantsToken() && !namesLoopback(head)) {
      exchange.text(403, "refused: the Host header names another machine\n");
    } else if (!head.method().equals("GET")) {
      exchange.text(405, "only GET\n", "Allow", "GET");
    } else if (!isAllowed(head)) {
      exchange.text(
          401, "a token is needed: Authorization: Bearer TOKEN\n", "WWW-Authenticate", "Bearer");
    } else if (path.equals("/") || path.equals(PPROF) || path.equals("/debug/pprof")) {
      exchange.text(200, ProfileQuery.help() + "/jfr?seconds=N: the recording itself.\n");
    } else {
      profile(head, path, exchange);
    }
  }

  /** A web page in a browser on this machine may give loopback a name of its own. */
  private static boolean namesLoopback(RequestHead head) {
    String host = head.header("host");
    return host == null || host.matches("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");
  }

  private void profile(RequestHead head, String path, HttpExchange exchange) throws IOException {
    ProfileQuery query;
    try {
      String seconds = head.parameter("seconds");
      if (path.equals("/jfr")) {
        query = ProfileQuery.recording(seconds);
      } else if (path.startsWith(PPROF)) {
        query = ProfileQuery.profile(path.substring(PPROF.length()), seconds);
      } else {
        exchange.text(404, "nothing here; see " + PPROF + "\n");
        return;
      }
    } catch (ProfileQuery.Refused refused) {
      exchange.text(refused.status(), refused.text());
      return;
    }
    if (running.incrementAndGet() > MAX_RUNNING / 2) {
      running.decrementAndGet();
      exchange.text(503, "too many profiles at once; at most " + MAX_RUNNING / 2 + "\n");
      return;
    }
    try {
      byte[] body = body(query);
      exchange.send(
          200,
          "application/octet-stream",
          body,
          "Content-Disposition",
          "attachment; filename=\"" + query.fileName() + "\"");
    } finally {
      running.decrementAndGet();
    }
  }

  private byte[] body(ProfileQuery query) throws IOException {
    ProfileQuery.Window window = query.begin(profiler);
    watchIdle();
    try {
      TimeUnit.SECONDS.sleep(query.seconds());
    } catch (InterruptedException closing) {
      throw new IOException("the agent is being stopped", closing);
    }
    return window.end();
  }

  /** While something is recorded; the next request begins again. */
  private void watchIdle() {
    if (!profiler.stopIfIdle() && watching.compareAndSet(false, true)) {
      watch.schedule(this::look, IDLE_CHECK_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void look() {
    watching.set(false);
    watchIdle();
  }

  private boolean isAllowed(RequestHead head) throws IOException {
    if (!options.wantsToken()) {
      return true;
    }
    String given = head.header("authorization");
    String token;
    try {
      token = options.token();
    } catch (IOException unreadable) {
      // Who may not come in is not told where the file is.
      throw new IOException("the agent's token_file cannot be read", unreadable);
    }
    byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    return given != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), expected);
  }

  @Override
  public void close() {
    listener.close();
    requests.shutdownNow();
    watch.shutdownNow();
    profiler.close();
  }
}
