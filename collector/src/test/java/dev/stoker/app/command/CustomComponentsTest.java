package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.Component;
import dev.stoker.config.AlloyFile;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.schema.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** <code>declare</code> in Alloy's syntax: each use becomes the components that it stands for. */
class CustomComponentsTest {
  private static final String WRITE =
      "pyroscope.write \"w\" {\n  endpoint {\n    url = \"http://p:1\"\n  }\n}\n";

  @TempDir Path folder;

  @Test
  void aUse_isItsComponents_withItsArguments() throws IOException {
    assertSame(
        """
        // two of a kind
        declare "pipe" {
          argument "t" { }
          argument "every" {
            optional = true
            default  = "15s"
          }
          pyroscope.scrape "s" {
            targets         = argument.t.value
            forward_to      = [pyroscope.write.w.receiver]
            scrape_interval = argument.every.value
          }
          pyroscope.write "w" {
            endpoint { url = "http://p:1" }
          }
        }
        pipe "x" {
          t = [{"__address__" = "a:1"}]
        }
        pipe "y" {
          t     = [{"__address__" = "b:1"}]
          every = "30s"
        }
        """,
        """
        pyroscope.scrape.pipe_x_s { targets = [ { "__address__" = "a:1" } ], scrape_interval = 15s
          forward_to = [ pyroscope.write.pipe_x_w.receiver ] }
        pyroscope.write.pipe_x_w { endpoint { url = "http://p:1" } }
        pyroscope.scrape.pipe_y_s { targets = [ { "__address__" = "b:1" } ], scrape_interval = 30s
          forward_to = [ pyroscope.write.pipe_y_w.receiver ] }
        pyroscope.write.pipe_y_w { endpoint { url = "http://p:1" } }
        """);
  }

  /** One that holds no profiling is written out when the profiling part needs its export. */
  @Test
  void exports_areWhatTheyStandFor_andMayBeUsedAboveTheirUse() throws IOException {
    assertSame(
        WRITE
            + """
            pyroscope.scrape "s" {
              targets    = concat(pods.all.found, [{"__address__" = "a:1"}])
              forward_to = [pyroscope.write.w.receiver]
            }
            pods "all" {
              namespace = "shop"
            }
            declare "pods" {
              argument "namespace" { }
              discovery.kubernetes "k" {
                role = "pod"
                namespaces { names = [argument.namespace.value] }
              }
              discovery.relabel "r" {
                targets = discovery.kubernetes.k.targets
                rule {
                  target_label = "ns"
                  replacement  = "in-" + argument.namespace.value
                }
              }
              export "found" {
                value = discovery.relabel.r.output
              }
            }
            """,
        """
        pyroscope.write.w { endpoint { url = "http://p:1" } }
        pyroscope.scrape.s { targets = [ discovery.relabel.pods_all_r.output, { "__address__" = "a:1" } ]
          forward_to = [ pyroscope.write.w.receiver ] }
        discovery.kubernetes.pods_all_k { role = pod, namespaces { names = [ shop ] } }
        discovery.relabel.pods_all_r { targets = [ discovery.kubernetes.pods_all_k.targets ]
          rules = [ { target_label = ns, replacement = in-shop } ] }
        """);
  }

  @Test
  void customComponents_areMadeOfCustomComponents() throws IOException {
    assertSame(
        """
        declare "outer" {
          argument "address" { }
          argument "to" {
            optional = true
          }
          declare "inner" {
            argument "targets" { }
            argument "to" { }
            pyroscope.scrape "s" {
              targets    = argument.targets.value
              forward_to = argument.to.value
            }
          }
          sink "w" { }
          inner "i" {
            targets = [{"__address__" = argument.address.value}]
            to      = [sink.w.receiver]
          }
        }
        declare "sink" {
          pyroscope.write "w" {
            endpoint { url = "http://p:1" }
          }
          export "receiver" { value = pyroscope.write.w.receiver }
        }
        outer "o" {
          address = "a:1"
        }
        """,
        """
        pyroscope.write.outer_o_sink_w_w { endpoint { url = "http://p:1" } }
        pyroscope.scrape.outer_o_inner_i_s { targets = [ { "__address__" = "a:1" } ]
          forward_to = [ pyroscope.write.outer_o_sink_w_w.receiver ] }
        """);
  }

  /** As a block at the top: what Stoker does not have is left out and named, with its line. */
  @Test
  void whatStokerDoesNotHave_isLeftOutOfOne() throws IOException {
    Path file =
        write(
            "declare \"p\" {\n  pyroscope.ebpf \"e\" {\n    targets = []\n  }\n"
                + "  pyroscope.scrape \"s\" {\n    targets = [{\"__address__\" = \"a:1\"}]\n"
                + "    forward_to = [pyroscope.write.w.receiver]\n  }\n"
                + WRITE.indent(2)
                + "}\np \"x\" { }\n");
    LoadResult.Loaded loaded = loaded(ConfigLoader.load(file, Map.of()));

    assertThat(loaded.config().leftOut())
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.id()).isEqualTo("pyroscope.ebpf.p_x_e");
              assertThat(left.place().line()).isEqualTo(2);
            });
    assertThat(loaded.warnings()).hasSize(1);
    assertThat(Objects.requireNonNull(AlloyFile.convert(file).hocon()))
        .contains("# declare.p stands where it is used", "# pyroscope.ebpf.p_x_e is left out");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p \"x\" {\n}\n|12|p.x lacks the argument t",
        "p \"x\" {\n  t = []\n  u = 1\n}\n|14|p.x has no argument u; it has: t",
        "p {\n  t = []\n}\n|12|p has no label",
        "declare \"q\" {\n  q \"again\" { }\n  pyroscope.write \"w\" { }\n}\nq \"x\" { }\n|13|holds"
            + " itself",
        "declare \"q\" {\n  argument \"a\" { }\n  export \"e\" {\n    value = argument.a.value\n  }\n"
            + "  pyroscope.write \"w\" { }\n}\nq \"x\" {\n  a = q.y.e\n}\nq \"y\" {\n  a = q.x.e\n}\n"
            + "p \"x\" {\n  t = q.x.e\n}\n|15|refer to each other without an end",
        "foreach \"f\" {\n  template {\n    p \"x\" {\n      t = []\n    }\n  }\n}\n|12|write out"
            + " what it stands for",
        "declare \"q\" {\n  foreach \"f\" {\n    template {\n      p \"x\" {\n        t = []\n      }\n"
            + "    }\n  }\n}\nq \"y\" { }\n|13|write out what it stands for",
        "declare \"q\" {\n  declare \"r\" {\n    pyroscope.write \"w\" { }\n  }\n  foreach \"f\" {\n"
            + "    template {\n      r \"x\" { }\n    }\n  }\n}\nq \"y\" { }\n|16|write out what it"
            + " stands for",
        "declare \"p\" {\n  pyroscope.write \"w\" { }\n}\n|12|declare.p stands in line 1 already",
        "declare \"q\" {\n  declare \"r\" { }\n  declare \"r\" { }\n}\n|14|declare.q.declare.r stands in"
            + " line 13 already",
        "declare \"q\" {\n  argument \"a\" { }\n  argument \"a\" { }\n}\n|14|declare.q.argument.a"
            + " stands in line 13 already",
        "declare \"q\" {\n  export \"a\" {\n    value = 1\n  }\n  export \"a\" {\n    value = 2\n  }\n}\n"
            + "|16|declare.q.export.a stands in line 13 already",
        "p \"x\" {\n  t = p.x.nothing\n}\n|13|is not known here",
      })
  void whatCannotBeWrittenOut_isAnErrorWithItsLine(String given) throws IOException {
    String[] parts = given.split("\\|", -1);
    String declare =
        "declare \"p\" {\n  argument \"t\" {\n  }\n  pyroscope.scrape \"s\" {\n"
            + "    targets = argument.t.value\n    forward_to = [pyroscope.write.w.receiver]\n  }\n"
            + "  pyroscope.write \"w\" {\n    endpoint { url = \"http://p:1\" }\n  }\n}\n";
    List<Problem> problems =
        ((LoadResult.Failed) ConfigLoader.load(write(declare + parts[0]), Map.of())).problems();

    assertThat(problems)
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path() + " " + problem.message()).contains(parts[2]);
              assertThat(problem.line()).isEqualTo(Integer.parseInt(parts[1]));
            });
  }

  /** A folder is one config. */
  @Test
  void aDeclareOfAnotherFile_isNotReplacedWithoutAWord() throws IOException {
    Path configs = Files.createDirectory(folder.resolve("configs"));
    Files.writeString(configs.resolve("a.alloy"), "declare \"p\" { }\n");
    Files.writeString(
        configs.resolve("b.alloy"), "\ndeclare \"p\" {\n" + WRITE.indent(2) + "}\np \"x\" { }\n");

    assertThat(((LoadResult.Failed) ConfigLoader.load(configs, Map.of())).problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("declare.p");
              assertThat(problem.message()).contains("stands in line 1 of a.alloy already");
              assertThat(problem.file()).endsWith("b.alloy");
              assertThat(problem.line()).isEqualTo(2);
            });
  }

  /** Each text is short enough, but not all of them. */
  @Test
  void aFolderOfTooMuch_isAnError() throws IOException {
    Path configs = Files.createDirectory(folder.resolve("configs"));
    String comments = ("//" + "x".repeat(1021) + "\n").repeat(500);
    for (int i = 0; i < 5; i++) {
      Files.writeString(configs.resolve(i + ".alloy"), comments);
    }

    assertThat(((LoadResult.Failed) ConfigLoader.load(configs, Map.of())).problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.message()).contains("up to this one have more than 2097152 char");
              assertThat(problem.file()).endsWith("4.alloy");
            });
  }

  /** Each use once had a copy of all of them: 8 GB here. */
  @Test
  void manyUsesBesideManyDeclares_takeMemoryForWhatTheyStandForOnly() throws IOException {
    StringBuilder text = new StringBuilder(WRITE);
    text.append("pyroscope.scrape \"s\" {\n  targets = [{\"__address__\" = \"a:1\"}]\n")
        .append("  forward_to = [pyroscope.write.w.receiver]\n}\n");
    for (int i = 0; i < 10_000; i++) {
      text.append("declare \"d").append(i).append("\" { }\n");
    }
    text.append("declare \"p\" {\n  declare \"q\" {\n    pyroscope.write \"w\" { }\n  }\n}\n");
    for (int i = 0; i < 20_000; i++) {
      text.append("p \"x").append(i).append("\" { }\n");
    }

    loaded(ConfigLoader.load(write(text.toString()), Map.of()));
  }

  @Test
  void argumentsThatNestTooDeep_areAnError() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 15; i++) {
      text.append("declare \"d" + i + "\" {\n  argument \"t\" { }\n  d" + (i + 1))
          .append(" \"u\" {\n    t = " + "[".repeat(15) + "argument.t.value" + "]".repeat(15))
          .append("\n  }\n}\n");
    }
    text.append("declare \"d15\" {\n  argument \"t\" { }\n  pyroscope.scrape \"s\" {\n")
        .append("    targets = argument.t.value\n  }\n}\nd0 \"x\" {\n  t = []\n}\n");

    assertThat(((LoadResult.Failed) ConfigLoader.load(write(text.toString()), Map.of())).problems())
        .extracting(Problem::message)
        .anyMatch(message -> message.contains("nested too deep"));
  }

  /** Ten uses of ten uses of ten … */
  @Test
  void usesThatStandForTooMuch_areAnError() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 12; i++) {
      text.append("declare \"d").append(i).append("\" {\n");
      for (int j = 0; j < 10; j++) {
        text.append("  d").append(i + 1).append(" \"u").append(j).append("\" { }\n");
      }
      text.append("}\n");
    }
    text.append("declare \"d12\" {\n").append(WRITE).append("}\nd0 \"x\" { }\n");

    assertThat(((LoadResult.Failed) ConfigLoader.load(write(text.toString()), Map.of())).problems())
        .extracting(Problem::message)
        .anyMatch(message -> message.contains("stand for too much"));
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("c.alloy"), text);
  }

  private void assertSame(String alloy, String hocon) throws IOException {
    Path file = write(alloy);
    List<Object> expected =
        configs(ConfigLoader.load(Files.writeString(folder.resolve("c.conf"), hocon), Map.of()));
    assertThat(configs(ConfigLoader.load(file, Map.of())))
        .containsExactlyInAnyOrderElementsOf(expected);
    Path converted =
        Files.writeString(
            folder.resolve("converted.conf"),
            Objects.requireNonNull(AlloyFile.convert(file).hocon()));
    assertThat(configs(ConfigLoader.load(converted, Map.of())))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static List<Object> configs(LoadResult result) {
    return loaded(result).config().components().stream().<Object>map(Component::config).toList();
  }

  private static LoadResult.Loaded loaded(LoadResult result) {
    assertThat(result).as(String.valueOf(result)).isInstanceOf(LoadResult.Loaded.class);
    return (LoadResult.Loaded) result;
  }
}
