package dev.stoker.admin.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs the unit tests of the pages' pure functions where Node is installed; the build does not need
 * it. The linter and the type check need packages from npm: {@code e2e/pages/run} runs all three.
 */
final class PageFunctionsTest {
  @Test
  void pureFunctions_passTheirUnitTests() throws Exception {
    assumeTrue(isOnPath("node"), "Node is not installed");
    Process node =
        new ProcessBuilder(
                "node",
                "--import",
                "./e2e/pages/modules.mjs",
                "--test",
                "--test-reporter=tap",
                "e2e/pages/pages.test.mjs")
            .directory(new File(System.getProperty("stoker.root", "..")))
            .redirectErrorStream(true)
            .start();
    node.getOutputStream().close();
    String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(node.exitValue()).as(said).isZero();
  }

  private static boolean isOnPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
