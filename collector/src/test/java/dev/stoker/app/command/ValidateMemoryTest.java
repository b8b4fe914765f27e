package dev.stoker.app.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.app.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidateMemoryTest {
  @Test
  void boundsThatNoMachineHolds_areAWarning_withWhatWouldDo(@TempDir Path folder)
      throws IOException {
    assertThat(validate(folder, "200GiB"))
        .contains("warning: ")
        .contains("profiles in queues in memory (queue.memory) ")
        .contains("of 204816 MiB")
        .contains("give the process 205");
    assertThat(validate(folder, "1MiB")).doesNotContain("memory");
  }

  private static String validate(Path folder, String queueMemory) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.conf"),
            """
            pyroscope.scrape.a {
              targets = [ { "__address__" = "127.0.0.1:9" } ]
              forward_to = [ pyroscope.write.a.receiver ]
            }
            pyroscope.write.a { endpoint { url = "http://127.0.0.1:9", queue.memory = %s } }
            """
                .formatted(queueMemory));
    PrintStream err = System.err;
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    System.setErr(new PrintStream(seen, true, UTF_8));
    try {
      assertThat(Main.execute("validate", file.toString())).isZero();
    } finally {
      System.setErr(err);
    }
    return seen.toString(UTF_8);
  }
}
