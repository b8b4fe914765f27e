package dev.stoker.scrape.loop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import one.profiler.AsyncProfiler;

/**
 * A program that profiles itself on request, for a JVM of its own: <code>/prof</code> as HBase's
 * servlet does it (202 and a Refresh header, then a file that is not there at first), <code>
 * /profiler/profile</code> as ap-agent does (the answer itself). Its CPU goes to seventy, twenty
 * and ten as they say. Prints its port.
 */
public final class ProfServer {
  private static volatile long sink;
  private static final AtomicBoolean BUSY = new AtomicBoolean();

  private final AsyncProfiler profiler = AsyncProfiler.getInstance();
  private final Path folder = Files.createTempDirectory("prof");

  private ProfServer() throws IOException {}

  public static void main(String[] args) throws IOException {
    System.out.println(serve(0));
    long x = 1;
    while (true) {
      x = ten(twenty(seventy(x)));
      sink = x;
    }
  }

  /**
   * Also for a program that does other work.
   *
   * @param port 0 = any free one
   * @return the port, on loopback
   */
  public static int serve(int port) throws IOException {
    ProfServer prof = new ProfServer();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/prof", prof::servlet);
    server.createContext("/prof-output/", prof::output);
    server.createContext("/profiler/profile", prof::direct);
    server.start();
    return server.getAddress().getPort();
  }

  private static long seventy(long x) {
    return spin(x, 7);
  }

  private static long twenty(long x) {
    return spin(x, 2);
  }

  private static long ten(long x) {
    return spin(x, 1);
  }

  /** A loop for each caller would be compiled with care of its own. */
  private static long spin(long x, int times) {
    for (int i = 0; i < times * 100_000; i++) {
      x = x * 6364136223846793005L + i;
    }
    return x;
  }

  private void servlet(HttpExchange exchange) throws IOException {
    Map<String, String> query = query(exchange.getRequestURI());
    if (!BUSY.compareAndSet(false, true)) {
      answer(exchange, 500, "Another instance of profiler is already running.");
      return;
    }
    String name = query.get("event") + System.nanoTime();
    Thread stopper =
        new Thread(
            () -> {
              try {
                Files.write(folder.resolve(name), profile(query));
              } catch (IOException | InterruptedException broken) {
                throw new IllegalStateException(broken);
              } finally {
                BUSY.set(false);
              }
            });
    stopper.setDaemon(true);
    stopper.start();
    exchange.getResponseHeaders().set("Refresh", query.get("duration") + ";/prof-output/" + name);
    answer(exchange, 202, "Started [" + query.get("event") + "] profiling.");
  }

  private void output(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    Path file = folder.resolve(path.substring(path.lastIndexOf('/') + 1));
    if (Files.exists(file)) {
      answer(exchange, 200, Files.readAllBytes(file));
    } else {
      exchange.getResponseHeaders().set("Refresh", "1;" + path);
      answer(exchange, 200, "This page will be auto-refreshed every 1 seconds");
    }
  }

  private void direct(HttpExchange exchange) throws IOException {
    try {
      answer(exchange, 200, profile(query(exchange.getRequestURI())));
    } catch (InterruptedException stopped) {
      throw new IOException(stopped);
    }
  }

  private byte[] profile(Map<String, String> query) throws IOException, InterruptedException {
    String options = "event=" + query.get("event") + ",interval=" + query.get("interval");
    long millis = Long.parseLong(query.getOrDefault("duration", "1")) * 1_000;
    if ("collapsed".equals(query.get("output"))) {
      profiler.execute("start,threads," + options);
      Thread.sleep(millis);
      profiler.stop();
      return profiler.execute("collapsed,threads").getBytes(StandardCharsets.UTF_8);
    }
    Path file = folder.resolve(System.nanoTime() + ".part");
    profiler.execute("start,jfr," + options + ",file=" + file);
    Thread.sleep(millis);
    profiler.execute("stop");
    return Files.readAllBytes(file);
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    for (String pair : uri.getQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      query.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return query;
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    answer(exchange, status, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
