package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.stoker.app.log.Logs;
import dev.stoker.concurrent.ManualTimers;
import dev.stoker.files.FileLimit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class OpenFilesTest {
  private final ManualTimers timers = new ManualTimers(0);
  private int loops;
  private long limit = 1_000;

  @Test
  void tooLow_isSaidOnce_andWhenItIsEnoughAgain() {
    Logs.configure(Level.INFO, false);
    OpenFiles files = new OpenFiles(timers, () -> limit, () -> loops, () -> 1);
    files.start();
    loops = 600;
    timers.advance(600_000);
    assertThat(said("limit of open files")).isZero();
    loops = 900;
    timers.advance(600_000);
    assertThat(said("limit of open files is too low")).isEqualTo(1);
    assertThat(Logs.recent()).contains("1000").contains("1176").contains("900");
    loops = 600;
    timers.advance(600_000);
    assertThat(said("limit of open files is enough again")).isEqualTo(1);
    limit = 0;
    loops = 90_000;
    timers.advance(600_000);
    assertThat(said("limit of open files is too low")).as("not known").isEqualTo(1);
    files.stop();
    assertThat(timers.pending()).isZero();
  }

  private static long said(String text) {
    return Logs.recent().lines().filter(line -> line.contains(text)).count();
  }

  /** Prints the limit. */
  static final class Limit {
    private Limit() {}

    public static void main(String[] args) {
      System.out.println(FileLimit.ofProcess());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aSoftLimit_isRaisedByTheJvm() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -Hn; ulimit -Sn 200; exec \"$0\" -cp \"$1\" \"$2\"",
                java,
                System.getProperty("java.class.path"),
                Limit.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();

    assertThat(out.lines().distinct().toList()).as(out).hasSize(1);
    assertThat(out.lines().toList()).hasSize(2);
  }
}
