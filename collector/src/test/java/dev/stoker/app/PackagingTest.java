package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the packages for machines and the page about them say of each other. {@code packaging/test}
 * installs them.
 */
class PackagingTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));

  @Test
  void thePage_hasTheUnitsCommandLineAndFolders() throws IOException {
    String page = read("docs/install.md");
    List<String> unit = read("packaging/deb/stoker.service").lines().toList();
    String start = value(unit, "ExecStart=");

    assertThat(page).contains("exec " + start + "\n");
    assertThat(value(unit, "WorkingDirectory=")).isEqualTo("/var/lib/stoker");
    assertThat(start).endsWith("--storage /var/lib/stoker");
    assertThat(page).contains("`/etc/stoker`", "cd /var/lib/stoker ");
  }

  @Test
  void imageAndPackages_haveTheSameRuntimeAndLauncher() throws IOException {
    for (String builder : List.of("Dockerfile", "packaging/build")) {
      assertThat(read(builder))
          .as(builder)
          .contains("$(cat deploy/image/modules)", "deploy/image/stoker", "deploy/image/jvm-flags")
          .contains("-Xshare:dump", "--make-archives");
    }
  }

  /** A package called "target" was missing in the image's build and, in part, in the repository. */
  @Test
  void ignoreFiles_leaveOutNoPackage() throws IOException {
    Set<String> anywhere = new TreeSet<>();
    for (String line : read(".gitignore").lines().toList()) {
      if (line.indexOf('/') == line.length() - 1 || !line.contains("/")) {
        anywhere.add(line.replace("/", ""));
      }
    }
    for (String line : read(".dockerignore").lines().toList()) {
      if (line.startsWith("**/")) {
        anywhere.add(line.substring(3));
      }
    }
    for (String module : List.of("core", "discovery", "agent", "collector")) {
      try (Stream<Path> folders = Files.walk(ROOT.resolve(module).resolve("src"))) {
        assertThat(folders.filter(Files::isDirectory).map(path -> path.getFileName().toString()))
            .doesNotContainAnyElementsOf(anywhere);
      }
    }
  }

  private static String value(List<String> unit, String name) {
    return unit.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElseThrow();
  }

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }
}
