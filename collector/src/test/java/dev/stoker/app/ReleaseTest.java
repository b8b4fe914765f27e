package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** All that names the version names the same one: what `stoker --version` prints is the build's. */
class ReleaseTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final Pattern VERSION = Pattern.compile("<version>(\\d+\\.\\d+\\.\\d+)[^<]*</");
  private static final Pattern SECTION = Pattern.compile("(?m)^## (\\d+\\.\\d+\\.\\d+)");
  private static final Pattern UPGRADE = Pattern.compile("(?m)^## From \\S+ to (\\S+)");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)<");

  @Test
  void eachDocumentBeginsWithTheVersionOfTheBuild() throws IOException {
    String version = first(VERSION, "pom.xml");

    assertThat(first(SECTION, "CHANGELOG.md")).isEqualTo(version);
    assertThat(first(SECTION, "docs/release-notes.md")).isEqualTo(version);
    assertThat(first(UPGRADE, "docs/upgrade.md")).isEqualTo(version);
  }

  @Test
  void theHelmChartHasTheVersionOfTheBuild() throws IOException {
    assertThat(Files.readString(ROOT.resolve("deploy/helm/stoker/Chart.yaml")))
        .contains("\nversion: " + first(VERSION, "pom.xml") + "\n")
        .contains("\nappVersion: " + first(VERSION, "pom.xml") + "\n");
  }

  @Test
  void theVersionOfTheBuildGetsFixes() throws IOException {
    String minor = first(VERSION, "pom.xml").replaceFirst("\\.\\d+$", "");

    assertThat(Files.readString(ROOT.resolve("SECURITY.md"))).contains("| " + minor + " | yes |");
  }

  @Test
  void everyModuleHasTheVersionOfTheBuild() throws IOException {
    String parent = Files.readString(ROOT.resolve("pom.xml"));
    List<String> modules =
        MODULE.matcher(parent).results().map(match -> match.group(1)).sorted().toList();
    assertThat(modules).hasSizeGreaterThan(2);

    for (String module : modules) {
      assertThat(first(VERSION, module + "/pom.xml")).isEqualTo(first(VERSION, "pom.xml"));
    }
  }

  private static String first(Pattern pattern, String file) throws IOException {
    String text = Files.readString(ROOT.resolve(file));
    return pattern
        .matcher(text)
        .results()
        .findFirst()
        .map((MatchResult match) -> match.group(1))
        .orElseThrow(() -> new AssertionError("no version in " + file));
  }
}
