package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.app.Main;
import dev.stoker.app.run.Daemon;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the commands say, and how they end. */
public class CommandLineTest {
  private static final String GOOD =
      "pyroscope.scrape.s { targets = [ { \"__address__\" = \"a:1\" } ], forward_to ="
          + " pyroscope.write.w.receiver }\npyroscope.write.w { endpoint { url = \"http://p:1\" } }\n";

  @TempDir Path folder;

  /** What a command came to. */
  public record Ended(int code, String out, String err) {}

  public static Ended run(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream newOut = new ByteArrayOutputStream();
    ByteArrayOutputStream newErr = new ByteArrayOutputStream();
    System.setOut(new PrintStream(newOut, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(newErr, true, StandardCharsets.UTF_8));
    try {
      int code = Main.execute(arguments);
      return new Ended(
          code, newOut.toString(StandardCharsets.UTF_8), newErr.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  static List<String> commands() {
    return List.copyOf(Main.commandLine().getSubcommands().keySet());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommand_hasHelpAndVersion_andExitsWith0(String command) {
    for (String flag : List.of("--help", "-h")) {
      Ended help = run(command, flag);
      assertThat(help.code()).isZero();
      assertThat(help.err()).isEmpty();
      assertThat(help.out())
          .contains("Usage: stoker " + command)
          .contains("--version", "Exit codes:", "*.alloy", "STOKER_JAVA_OPTS");
      assertThat(help.out().contains("Examples:\n  ")).isEqualTo(!command.equals("help"));
    }
    Ended version = run(command, "--version");
    assertThat(version.code()).isZero();
    assertThat(version.out()).startsWith("stoker ").contains("Java");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void stokersOwnHelp_namesEveryCommand(String flag) {
    Ended help = run(flag);
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains(commands()).contains("Exit codes:", "Examples:");
    assertThat(run("--version").out()).startsWith("stoker ");
  }

  @Test
  void withoutACommand_orWithAWrongOne_theExitCodeIs2() {
    assertThat(run().code()).isEqualTo(2);
    Ended wrong = run("valdate", "x.conf");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("valdate", "Did you mean: stoker validate");
    assertThat(run("validate").err()).contains("CONFIG");
  }

  @Test
  void anUnknownFlagOfRun_isRefusedWithTheNearest_alsoBesideAlloys() {
    Ended wrong = run("run", "--server.http.listen-adr=x", "--stability.level=x", "a.alloy");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("did you mean --server.http.listen-addr?");
    Ended listen = run("run", "--server.http.listen-addr=x", config().toString());
    assertThat(listen.code()).isEqualTo(2);
    assertThat(listen.err()).contains("--listen x is no host:port");
  }

  private Path config() {
    try {
      return config("127.0.0.1:0");
    } catch (IOException wrong) {
      throw new java.io.UncheckedIOException(wrong);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void completion_knowsCommandsAndOptions(String shell) throws Exception {
    Ended script = run("completion", shell);
    assertThat(script.code()).isZero();
    assertThat(script.out()).contains("validate", "convert", "storage", "strict");
    if (!shell.equals("fish")) {
      Path file = Files.writeString(folder.resolve("completion"), script.out());
      assertThat(new ProcessBuilder("bash", "-n", file.toString()).start().waitFor()).isZero();
    }
  }

  @Test
  void completion_ofAnotherShell_saysWhichThereAre() {
    Ended wrong = run("completion", "tcsh");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("write bash, zsh or fish");
  }

  @Test
  void validate_looksAtEachOfSeveral() throws IOException {
    Path good = Files.writeString(folder.resolve("good.conf"), GOOD);
    Path bad = Files.writeString(folder.resolve("bad.conf"), GOOD + "x = 1\n");
    Path sub = Files.createDirectory(folder.resolve("sub"));
    Files.writeString(sub.resolve("y.conf"), GOOD + "y = 1\n");
    assertThat(run("validate", good.toString(), good.toString()).code()).isZero();
    Ended mixed = run("validate", good.toString(), bad.toString(), sub.toString());
    assertThat(mixed.code()).isEqualTo(1);
    assertThat(mixed.err()).contains(bad + ":3:1: x: unknown", sub.resolve("y.conf") + ":3:1: y: ");
  }

  @Test
  void validate_readsStandardInput_inBothLanguages() {
    InputStream in = System.in;
    try {
      for (String text : List.of(GOOD, "logging {\n}\nprometheus.scrape \"s\" {\n}\n")) {
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        Ended ended = run("validate", "-");
        assertThat(ended.code()).isEqualTo(text.equals(GOOD) ? 0 : 1);
        assertThat(ended.err().contains("prometheus.scrape.s is left out"))
            .isNotEqualTo(text.equals(GOOD));
      }
    } finally {
      System.setIn(in);
    }
    assertThat(run("run", "-").err()).contains("cannot be standard input; name a file");
  }

  @Test
  void reloadByGet_saysToUsePost() throws Exception {
    int port = Daemon.freePort();
    try (Daemon daemon = new Daemon(config("127.0.0.1:" + port), port)) {
      Daemon.Answer answer = daemon.get("/-/reload");
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.body())
          .isEqualTo(
              "nothing was reloaded: ask by POST, as in curl -X POST http://127.0.0.1:"
                  + port
                  + "/-/reload\n");
    }
  }

  @Test
  void aPortInUse_isToldWithAddressSettingAndReason() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      assertThat(refusal(address, taken.getLocalPort()))
          .startsWith(
              "cannot listen on "
                  + address
                  + " (stoker.http.listen or --listen): in use by another process");
    }
  }

  @Test
  void anAddressOfAnotherMachine_isToldSo() throws Exception {
    assertThat(refusal("192.0.2.7:12399", 12399))
        .isEqualTo(
            "cannot listen on 192.0.2.7:12399 (stoker.http.listen or --listen): this machine has no"
                + " such address; choose one of its own, 127.0.0.1, or 0.0.0.0 for all");
  }

  private String refusal(String address, int port) throws Exception {
    try (Daemon daemon = new Daemon(config(address), port)) {
      throw new AssertionError("listens on " + daemon.uri("/"));
    } catch (ExecutionException | dev.stoker.admin.server.CannotListen refused) {
      Throwable cause = refused instanceof ExecutionException ? refused.getCause() : refused;
      return String.valueOf(java.util.Objects.requireNonNull(cause).getMessage());
    }
  }

  private Path config(String listen) throws IOException {
    return Files.writeString(
        folder.resolve("d.conf"),
        GOOD
            + "stoker.http.listen = \""
            + listen
            + "\"\nstoker.reload.watch = false\nstoker.storage.path = \""
            + folder.resolve("data")
            + "\"\n");
  }
}
