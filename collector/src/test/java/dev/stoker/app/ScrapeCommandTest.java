package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** <code>stoker scrape URL</code> on what is no pprof. */
class ScrapeCommandTest {
  @Test
  void threadDump_isSummed() throws Exception {
    String dump =
        "{\"threads\":[{\"threadState\":\"RUNNABLE\",\"stackTrace\":[{\"className\":\"a.B\","
            + "\"methodName\":\"c\",\"lineNumber\":3}]}]}";
    assertThat(scrape(dump, 0)).contains("1 threads").contains("wall");
  }

  @Test
  void collapsedStacks_areSummed() throws Exception {
    assertThat(scrape("a/B.c;a/B.d 12\n", 0)).contains("collapsed stacks").contains("process_cpu");
  }

  @Test
  void otherJson_isNoProfile() throws Exception {
    assertThat(scrape("{\"status\":500}", 1)).doesNotContain("wall");
  }

  private static String scrape(String body, int exit) throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.start();
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/x";
      assertThat(new CommandLine(new ScrapeCommand()).execute(url)).isEqualTo(exit);
    } finally {
      System.setOut(before);
      server.stop(0);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
