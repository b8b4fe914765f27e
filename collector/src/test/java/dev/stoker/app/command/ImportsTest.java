package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.Component;
import dev.stoker.config.AlloyFile;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** <code>import.file</code> and <code>import.string</code> in Alloy's syntax. */
class ImportsTest {
  private static final String MODULE =
      """
      declare "pipe" {
        argument "t" { }
        pyroscope.scrape "s" {
          targets    = argument.t.value
          forward_to = [sink.w.receiver]
        }
        sink "w" { }
      }
      declare "sink" {
        pyroscope.write "w" {
          endpoint { url = "http://p:1" }
        }
        export "receiver" { value = pyroscope.write.w.receiver }
      }
      """;

  private static final String USE = "m.pipe \"x\" {\n  t = [{\"__address__\" = \"a:1\"}]\n}\n";

  private static final String SAME =
      """
      pyroscope.scrape.m_pipe_x_s { targets = [ { "__address__" = "a:1" } ]
        forward_to = [ pyroscope.write.m_pipe_x_sink_w_w.receiver ] }
      pyroscope.write.m_pipe_x_sink_w_w { endpoint { url = "http://p:1" } }
      """;

  @TempDir Path folder;

  @Test
  void aFileBesideTheConfig_bringsItsComponents() throws IOException {
    Files.writeString(folder.resolve("m.alloy"), MODULE);
    assertSame(
        "import.file \"m\" {\n  filename = file.path_join(module_path, \"m.alloy\")\n}\n" + USE);
  }

  /** The files of a folder are one module: one uses what another one declares. */
  @Test
  void aFolder_isOneModule() throws IOException {
    Path modules = Files.createDirectory(folder.resolve("modules"));
    int second = MODULE.indexOf("declare \"sink\"");
    Files.writeString(modules.resolve("a.alloy"), MODULE.substring(0, second));
    Files.writeString(modules.resolve("b.alloy"), MODULE.substring(second));
    assertSame("import.file \"m\" {\n  filename = \"" + modules + "\"\n}\n" + USE);
  }

  @Test
  void aString_bringsItsComponents() throws IOException {
    assertSame("import.string \"m\" {\n  content = `" + MODULE + "`\n}\n" + USE);
    Path file = Files.writeString(folder.resolve("m.alloy"), MODULE);
    assertSame(
        "local.file \"f\" {\n  filename = \""
            + file
            + "\"\n}\nimport.string \"m\" {\n  content = local.file.f.content\n}\n"
            + USE);
  }

  /** What a module calls by a name is its own, whatever has the name in the config. */
  @Test
  void aModuleThatImports_seesItsOwnNamesOnly() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Files.writeString(inner.resolve("sinks.alloy"), MODULE);
    Files.writeString(
        folder.resolve("m.alloy"),
        "import.file \"lib\" {\n  filename = file.path_join(module_path, \"inner/sinks.alloy\")\n}\n"
            + "declare \"pipe\" {\n  argument \"t\" { }\n  lib.pipe \"x\" { t = argument.t.value }\n}\n");
    Path file =
        config(
            "declare \"sink\" { }\nimport.file \"m\" {\n  filename = \""
                + folder.resolve("m.alloy")
                + "\"\n}\n"
                + USE);
    assertThat(ids(ConfigLoader.load(file, Map.of())))
        .containsExactlyInAnyOrder(
            "pyroscope.scrape.m_pipe_x_lib_pipe_x_s",
            "pyroscope.write.m_pipe_x_lib_pipe_x_sink_w_w");
  }

  /** A broken module is its own line's problem; the change of either makes the config another. */
  @Test
  void aModule_isWatched_andItsProblemsAreAtItsLines() throws IOException {
    Path module = Files.writeString(folder.resolve("m.alloy"), MODULE);
    Path file = config("import.file \"m\" {\n  filename = \"" + module + "\"\n}\n" + USE);
    LoadResult fine = ConfigLoader.load(file, Map.of());
    assertThat(fine.sources().now()).isEqualTo(fine.sources());

    Files.writeString(module, MODULE.replace("url =", "urll ="));
    assertThat(fine.sources().now()).isNotEqualTo(fine.sources());
    LoadResult broken = ConfigLoader.load(file, Map.of());
    assertThat(((LoadResult.Failed) broken).problems())
        .anySatisfy(
            problem -> {
              assertThat(problem.file()).isEqualTo(module.toString());
              assertThat(problem.line()).isEqualTo(11);
              assertThat(problem.message()).contains("did you mean url?");
            });
    assertThat(broken.sources().now()).isEqualTo(broken.sources());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "import.file 'm' {|has no label",
        "import.file \"m\" { }|lacks the argument filename",
        "import.file \"m\" { filename = \"/none/m.alloy\" }|/none/m.alloy does not exist",
        "import.file \"m\" { filename = \"none.alloy\" }|file.path_join(module_path",
        "import.file \"m\" { filename = 1 }|filename must be a string",
        "import.file \"m\" { path = \"x\" }|import.file has no path; it has: detector, filename",
        "import.file \"m\" { filename = module_path + \"/c.alloy\" }|import cycle: ",
        "import.string \"m\" { content = remote.http.x.content }|write import.http \"m\"",
        "import.string \"m\" { content = `logging { }` }|only declare and import blocks",
        "import.string \"m\" { content = `declare \"p\" {` }|is not closed",
        "import.string \"m\" { content = `declare \"p\" { }` }\\nm.q \"x\" { }|has no m.q; it has: m.p",
        "import.string \"m\" { content = `` }\\nimport.string \"m\" { content = `` }|import.string.m: stands in line 1 already",
      })
  void whatCannotBeImported_isAnErrorThatSaysWhatToDo(String text, String message)
      throws IOException {
    Path file =
        config(
            text.replace("\\n", "\n").replace("'m'", "")
                + (text.endsWith("'m' {") ? "}" : "")
                + "\n");
    assertThat(((LoadResult.Failed) ConfigLoader.load(file, Map.of())).problems())
        .anySatisfy(problem -> assertThat(problem.toString()).contains(message));
  }

  @Test
  void modulesThatImportEachOther_andLongChains_areErrors() throws IOException {
    Path self = folder.resolve("self.alloy");
    Files.writeString(self, "import.file \"self\" {\n  filename = \"" + self + "\"\n}\n");
    Path file = config("import.file \"m\" {\n  filename = \"" + self + "\"\n}\n");
    assertThat(String.valueOf(ConfigLoader.load(file, Map.of()))).contains("import cycle: ");

    for (int i = 0; i < 10; i++) {
      Files.writeString(
          folder.resolve(i + ".alloy"),
          "import.file \"m\" {\n  filename = \"" + folder.resolve((i + 1) + ".alloy") + "\"\n}\n");
    }
    Path chain =
        config("import.file \"m\" {\n  filename = \"" + folder.resolve("0.alloy") + "\"\n}\n");
    assertThat(String.valueOf(ConfigLoader.load(chain, Map.of()))).contains("nested deeper than 8");
  }

  private Path config(String text) throws IOException {
    return Files.writeString(folder.resolve("c.alloy"), text);
  }

  private void assertSame(String alloy) throws IOException {
    Path file = config(alloy);
    Path conf = Files.writeString(folder.resolve("c.conf"), SAME);
    List<Object> expected = configs(ConfigLoader.load(conf, Map.of()));
    assertThat(configs(ConfigLoader.load(file, Map.of())))
        .containsExactlyInAnyOrderElementsOf(expected);
    String converted = Objects.requireNonNull(AlloyFile.convert(file).hocon());
    assertThat(converted).contains("m stands where it is used");
    assertThat(configs(ConfigLoader.load(Files.writeString(conf, converted), Map.of())))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static List<Object> configs(LoadResult result) {
    return loaded(result).config().components().stream().<Object>map(Component::config).toList();
  }

  private static List<String> ids(LoadResult result) {
    return loaded(result).config().components().stream().map(Component::id).toList();
  }

  private static LoadResult.Loaded loaded(LoadResult result) {
    assertThat(result).as(String.valueOf(result)).isInstanceOf(LoadResult.Loaded.class);
    return (LoadResult.Loaded) result;
  }
}
