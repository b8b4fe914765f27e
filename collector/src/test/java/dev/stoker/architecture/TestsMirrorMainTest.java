package dev.stoker.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A test is found beside what it tests, and what all of a kind have to keep is tested for each. */
class TestsMirrorMainTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));
  private static final List<String> MODULES = List.of("core", "discovery", "agent", "collector");

  /** The rules of the whole house, which are no test of one room. */
  private static final Set<String> ELSEWHERE = Set.of("dev/stoker/architecture");

  private static final Pattern DISCOVERS =
      Pattern.compile(
          "^import dev\\.stoker\\.discovery\\.(Discoverer|Polling);", Pattern.MULTILINE);
  private static final Pattern KEEPS =
      Pattern.compile(" extends (DiscovererContract|HttpSourceContract) ");

  @Test
  void eachTestClass_isInAPackageOfMain() {
    Set<String> main = new TreeSet<>();
    for (String module : MODULES) {
      Path sources = ROOT.resolve(module).resolve("src/main/java");
      files(sources).forEach(file -> main.add(folder(sources, file)));
    }
    Set<String> lost = new TreeSet<>();
    for (String module : MODULES) {
      Path tests = ROOT.resolve(module).resolve("src/test/java");
      files(tests)
          .filter(file -> file.toString().endsWith("Test.java"))
          .filter(file -> !main.contains(folder(tests, file)))
          .filter(file -> !ELSEWHERE.contains(folder(tests, file)))
          .forEach(file -> lost.add(ROOT.relativize(file).toString()));
    }
    assertThat(main).contains("dev/stoker/labels", "dev/stoker/discovery/file");
    assertThat(lost).as("move them to the package of what they test").isEmpty();
  }

  @Test
  void eachMechanism_keepsTheContractOfDiscoverers() {
    Path sources = ROOT.resolve("discovery/src/main/java");
    Set<String> mechanisms = new TreeSet<>();
    files(sources)
        .filter(file -> DISCOVERS.matcher(text(file)).find())
        .forEach(file -> mechanisms.add(mechanism(sources, file)));
    Path tests = ROOT.resolve("discovery/src/test/java");
    Set<String> tested = new TreeSet<>();
    files(tests)
        .filter(file -> file.toString().endsWith("Test.java"))
        .filter(file -> KEEPS.matcher(text(file)).find())
        .forEach(file -> tested.add(mechanism(tests, file)));

    assertThat(mechanisms).contains("file", "kubernetes", "process");
    assertThat(tested).as("each has a test that extends DiscovererContract").isEqualTo(mechanisms);
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("package-info.java"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String folder(Path sources, Path file) {
    return sources.relativize(file.getParent()).toString().replace('\\', '/');
  }

  /** The folder below dev.stoker.discovery. */
  private static String mechanism(Path sources, Path file) {
    return sources.relativize(file).getName(3).toString();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
