package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.stoker.app.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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

  /** What the daemon refuses is refused here too. */
  @Test
  void aStringTableThatDoesNotBeginWithNothing_isMalformed() throws Exception {
    // Sample type of strings 1 and 2, string table "x", "y", "z", a sample of value 1.
    byte[] body = {
      0x0a, 4, 8, 1, 16, 2, 0x12, 3, 0x12, 1, 1, 0x32, 1, 'x', 0x32, 1, 'y', 0x32, 1, 'z'
    };
    try (Target target = new Target(body, "")) {
      Ran ran = run(target.url("/debug/pprof/allocs"));
      assertThat(ran.err()).contains("malformed", "string");
      assertThat(ran.exit()).isEqualTo(1);
      ran =
          run(
              target.url("/debug/pprof/allocs"),
              "--config",
              config("").toString(),
              "--component",
              "pyroscope.scrape.s");
      assertThat(ran.err()).contains("malformed", "string");
      assertThat(ran.exit()).isEqualTo(1);
    }
  }

  @TempDir java.nio.file.Path folder;

  private java.nio.file.Path config(String arguments) throws Exception {
    return java.nio.file.Files.writeString(
        folder.resolve("a.conf"),
        "pyroscope.scrape.s { targets = [], forward_to = [pyroscope.write.w.receiver]\n"
            + arguments
            + "}\npyroscope.write.w { endpoint { url = \"http://127.0.0.1:1\" } }\n");
  }

  @Test
  void withAComponent_itsLoginLimitsAndSourceCount() throws Exception {
    byte[] body = "a/B.c;a/B.d 12\n".getBytes(StandardCharsets.UTF_8);
    try (Target target = new Target(body, "Bearer hunter2")) {
      String[] with = {"--component", "pyroscope.scrape.s", "--config"};
      String login = "bearer_token = hunter2\n";
      Ran ran = run(target.url("/prof"), with[0], with[1], with[2], config("").toString());
      assertThat(ran.err()).contains("no such profile type", "process_cpu");
      ran =
          run(
              target.url("/prof"),
              "--type",
              "memory",
              with[0],
              with[1],
              with[2],
              config("").toString());
      assertThat(ran.err()).contains("401");
      String prof = "source = prof\nprofiling_config.path_prefix = \"\"\n" + login;
      ran = run(target.url(""), with[0], with[1], with[2], config(prof).toString());
      assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
      assertThat(ran.out()).contains("process_cpu", "a/B.d");
      ran =
          run(
              target.url(""),
              with[0],
              with[1],
              with[2],
              config(prof + "max_body_size = 3B\n").toString());
      assertThat(ran.exit()).isEqualTo(1);
      assertThat(ran.err()).contains("max_body_size");
      ran =
          run(target.url(""), "--component", "pyroscope.scrape.t", with[2], config("").toString());
      assertThat(ran.err()).contains("has no pyroscope.scrape.t", "pyroscope.scrape.s");
      assertThat(run(target.url(""), "--component", "x").exit()).isEqualTo(2);
    }
  }

  private record Ran(int exit, String out, String err) {}

  private static Ran run(String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
      int exit = new CommandLine(new ScrapeCommand()).execute(args);
      return new Ran(
          exit, written.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Answers with a body, to whom has the right header. */
  private static final class Target implements AutoCloseable {
    private final HttpServer server;

    Target(byte[] body, String authorization) throws Exception {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              String sent = exchange.getRequestHeaders().getFirst("Authorization");
              boolean right = authorization.isEmpty() || authorization.equals(sent);
              exchange.sendResponseHeaders(right ? 200 : 401, right ? body.length : -1);
              if (right) {
                exchange.getResponseBody().write(body);
              }
            }
          });
      server.start();
    }

    String url(String path) {
      return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void targetsOfASourceThatFailedInPart_areShown() throws Exception {
    java.nio.file.Files.writeString(
        folder.resolve("good.json"), "[{\"targets\":[\"127.0.0.1:1\"]}]");
    java.nio.file.Files.writeString(folder.resolve("bad.json"), "[{\"targets\" in");
    java.nio.file.Path config =
        java.nio.file.Files.writeString(
            folder.resolve("a.conf"),
            "discovery.file.x { files = [\""
                + folder
                + "/*.json\"] }\npyroscope.scrape.s { targets = discovery.file.x.targets, forward_to ="
                + " [pyroscope.write.w.receiver], profiling_config.profile.process_cpu.enabled = false }\n"
                + "pyroscope.write.w { endpoint { url = \"http://127.0.0.1:1\" } }\n");
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
      System.setErr(System.out);
      assertThat(Main.execute("targets", config.toString())).isEqualTo(1);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    assertThat(written.toString(StandardCharsets.UTF_8))
        .contains("4 active", "http://127.0.0.1:1/debug/pprof/allocs")
        .contains("discovery.file.x: ", "bad.json", "failed in part, its other targets are used: 1")
        .contains("bad.json: is no JSON list: it makes no sense at line 1, column ")
        .doesNotContain("REDACTED");
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
