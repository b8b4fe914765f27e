package dev.stoker.agent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stoker.jvmprofile.JvmProfiler;
import dev.stoker.jvmprofile.ProfileQuery;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * <code>/debug/pprof/*</code> and <code>/jfr</code> over the JDK's own HTTP server. All threads are
 * daemons; while nobody asks there is one, which waits for a connection. A request with a window
 * holds a thread for as long.
 */
final class AgentServer implements AutoCloseable {
  private static final int MAX_RUNNING = 16;
  private static final int MAX_WAITING = 32;
  private static final long IDLE_THREAD_SECONDS = 2;
  private static final long IDLE_CHECK_SECONDS = 10;
  private static final String PPROF = "/debug/pprof/";

  private final AgentOptions options;
  private final JvmProfiler profiler = new JvmProfiler(Clock.systemUTC());
  private final HttpServer server;
  private final ThreadPoolExecutor requests;
  private final ScheduledThreadPoolExecutor watch;
  private final AtomicBoolean watching = new AtomicBoolean();
  private final AtomicInteger running = new AtomicInteger();

  /**
   * @throws IOException the port cannot be had
   */
  AgentServer(AgentOptions options) throws IOException {
    this.options = options;
    this.server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByName(options.host()), options.port()), 0);
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
    server.setExecutor(requests);
    server.createContext("/", this::handle);
  }

  /** Its dispatcher takes the daemon flag of the thread that starts it. */
  void start() {
    Thread starter = new Thread(server::start, "stoker-agent");
    starter.setDaemon(true);
    starter.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try {
      answer(exchange);
    } catch (IOException | RuntimeException failure) {
      text(exchange, 500, "cannot profile this JVM: " + failure.getMessage() + "\n");
    } finally {
      exchange.close();
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (!exchange.getRequestMethod().equals("GET")) {
      exchange.getResponseHeaders().set("Allow", "GET");
      text(exchange, 405, "only GET\n");
    } else if (!isAllowed(exchange)) {
      exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      text(exchange, 401, "a token is needed: Authorization: Bearer TOKEN\n");
    } else if (path.equals("/") || path.equals(PPROF) || path.equals("/debug/pprof")) {
      text(exchange, 200, ProfileQuery.help() + "/jfr?seconds=N: the recording itself.\n");
    } else {
      profile(exchange, path);
    }
  }

  private void profile(HttpExchange exchange, String path) throws IOException {
    ProfileQuery query;
    try {
      String seconds = parameter(exchange.getRequestURI().getRawQuery(), "seconds");
      if (path.equals("/jfr")) {
        query = ProfileQuery.recording(seconds);
      } else if (path.startsWith(PPROF)) {
        query = ProfileQuery.profile(path.substring(PPROF.length()), seconds);
      } else {
        text(exchange, 404, "nothing here; see " + PPROF + "\n");
        return;
      }
    } catch (ProfileQuery.Refused refused) {
      text(exchange, refused.status(), refused.text());
      return;
    }
    if (running.incrementAndGet() > MAX_RUNNING / 2) {
      running.decrementAndGet();
      text(exchange, 503, "too many profiles at once; at most " + MAX_RUNNING / 2 + "\n");
      return;
    }
    try {
      byte[] body = body(query);
      exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
      exchange
          .getResponseHeaders()
          .set("Content-Disposition", "attachment; filename=\"" + query.fileName() + "\"");
      send(exchange, 200, body);
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

  private boolean isAllowed(HttpExchange exchange) throws IOException {
    if (!options.wantsToken()) {
      return true;
    }
    String given = exchange.getRequestHeaders().getFirst("Authorization");
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

  private static String parameter(@Nullable String query, String name) {
    if (query != null) {
      for (String pair : query.split("&", -1)) {
        if (pair.toLowerCase(Locale.ROOT).startsWith(name + "=")) {
          return pair.substring(name.length() + 1);
        }
      }
    }
    return "";
  }

  private static void text(HttpExchange exchange, int status, String text) throws IOException {
    if (exchange.getResponseCode() == -1) {
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      send(exchange, status, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    requests.shutdownNow();
    watch.shutdownNow();
    profiler.close();
  }
}
