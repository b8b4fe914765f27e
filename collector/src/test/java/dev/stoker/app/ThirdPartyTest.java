package dev.stoker.app;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever of others is shipped has its line, its licence and its texts in META-INF/licenses. The
 * list of libraries is the build's bill of materials; without Maven there is none to compare with.
 */
class ThirdPartyTest {
  private static final Path RESOURCES =
      Path.of(System.getProperty("stoker.root", ".."), "collector/src/main/resources");
  private static final Path TEXTS = RESOURCES.resolve("META-INF/licenses");
  private static final Path VENDOR = RESOURCES.resolve("web/vendor");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ?([^|]*)\\|$");

  @Test
  void everyLibraryHasARow_withALicenceThatItsPomNames() throws IOException {
    List<Row> rows = rows();
    List<String> wrong = new ArrayList<>();
    for (Library library : libraries()) {
      List<Row> those = rows.stream().filter(row -> row.covers(library.name())).toList();
      if (those.isEmpty()) {
        wrong.add(library.name() + " has no row");
      } else if (!library.licences().contains(those.get(0).licence())) {
        wrong.add(library + " is " + those.get(0).licence() + " in the table");
      }
    }

    assertThat(wrong).isEmpty();
  }

  @Test
  void everyRowOfALibraryIsNeeded() throws IOException {
    List<Library> libraries = libraries();

    assertThat(rows())
        .filteredOn(row -> !row.name().startsWith("web/"))
        .allMatch(row -> libraries.stream().anyMatch(library -> row.covers(library.name())));
  }

  @Test
  void everyFileOfOthersInThePagesHasARow() throws IOException {
    List<Row> rows = rows();
    assertThat(names(VENDOR))
        .filteredOn(name -> name.endsWith(".js") || name.endsWith(".css"))
        .isNotEmpty()
        .allMatch(name -> rows.stream().anyMatch(row -> row.covers("web/vendor/" + name)));
  }

  @Test
  void everyTextIsThere_andNoneIsLeftOver() throws IOException {
    Set<String> named =
        rows().stream().flatMap(row -> row.texts().stream()).collect(Collectors.toSet());
    Set<String> there = new TreeSet<>(names(TEXTS));
    there.remove("THIRD-PARTY.md");
    names(VENDOR).stream()
        .filter(name -> name.startsWith("LICENSE"))
        .forEach(name -> there.add("web/vendor/" + name));

    assertThat(named).containsExactlyInAnyOrderElementsOf(there);
  }

  /** A copyright notice of its own has to be kept with every licence but Apache-2.0. */
  @Test
  void everyLicenceButApacheHasItsText() throws IOException {
    assertThat(rows())
        .filteredOn(row -> !row.licence().equals("Apache-2.0"))
        .isNotEmpty()
        .allMatch(row -> !row.texts().isEmpty());
  }

  /** The bill of materials also lists Stoker's own modules. */
  private static List<Library> libraries() throws IOException {
    @Nullable String file = System.getProperty("stoker.sbom");
    assumeThat(file).as("the bill of materials is made by Maven").isNotNull();
    assumeThat(System.getProperty("stoker.network"))
        .as("the bill of materials needs the network")
        .isNotEqualTo("offline=true");
    JsonNode components =
        new ObjectMapper().readTree(Path.of(requireNonNull(file)).toFile()).path("components");
    List<Library> libraries = new ArrayList<>();
    for (JsonNode component : components) {
      String group = component.path("group").asText();
      if (group.equals("dev.stoker")) {
        continue;
      }
      Set<String> licences = new TreeSet<>();
      for (JsonNode choice : component.path("licenses")) {
        JsonNode licence = choice.path("license");
        licences.add(licence.path("id").asText(licence.path("name").asText()));
      }
      libraries.add(new Library(group + ":" + component.path("name").asText(), licences));
    }
    assertThat(libraries).hasSizeGreaterThan(50);
    return libraries;
  }

  /** In the order of the table: the first one that covers a name is meant. */
  private static List<Row> rows() throws IOException {
    List<Row> rows =
        ROW.matcher(Files.readString(TEXTS.resolve("THIRD-PARTY.md")))
            .results()
            .map(
                match ->
                    new Row(
                        match.group(1),
                        match.group(2),
                        Stream.of(match.group(3).strip().split(", ", -1))
                            .filter(text -> !text.isEmpty())
                            .toList()))
            .toList();
    assertThat(rows).hasSizeGreaterThan(20);
    return rows;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private record Library(String name, Collection<String> licences) {}

  private record Row(String name, String licence, List<String> texts) {
    boolean covers(String other) {
      return name.endsWith("*")
          ? other.startsWith(name.substring(0, name.length() - 1))
          : other.equals(name);
    }
  }
}
