package dev.stoker.config.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicatesInFileTest {
  private static List<String> find(String text) {
    return DuplicatesInFile.find(text).stream()
        .map(f -> (f.error() ? "" : "warning ") + f.line() + " " + f.path() + " " + f.message())
        .toList();
  }

  static Stream<Arguments> twice() {
    return Stream.of(
        Arguments.of(
            "pyroscope.write.w {\n endpoint { url = a }\n endpoint { url = b }\n}",
            "3 pyroscope.write.w.endpoint",
            "line 2 already",
            "endpoints = ["),
        Arguments.of(
            "pyroscope.write.w.endpoint { url = a }\n"
                + "pyroscope { write { w { endpoint = { x = 1 } } } }",
            "2 pyroscope.write.w.endpoint",
            "line 1",
            "endpoints"),
        Arguments.of(
            "pyroscope.scrape.a { x = \"}\" }\n# {\n\npyroscope.scrape.a\n{ y = 1 }",
            "4 pyroscope.scrape.a",
            "line 1",
            "rename one"),
        Arguments.of(
            "discovery.relabel.a { rule { action = keep }, rule { action = drop } }",
            "1 discovery.relabel.a.rule",
            "line 1",
            "rules = ["),
        Arguments.of(
            "pyroscope.scrape.a { profiling_config { profile.cpu { a = 1 } } \n"
                + "tls_config = {}\n profiling_config = { profile { cpu { b = 1 } } } }",
            "3 pyroscope.scrape.a.profiling_config",
            "line 1",
            "one block"),
        Arguments.of(
            "stoker.http { a = 1 }\nstoker { http { b = 2 } }", "2 stoker.http", "line 1", ""),
        Arguments.of(
            "a.b.c { targets = [ { x = 1 } { x = 2 } ] }",
            "1 a.b.c.targets",
            "without a comma",
            ""),
        Arguments.of(
            "a.b.c { l = [ { e { x = 1 }, e { x = 1 } } ] }", "1 a.b.c.l[0].e", "line 1", ""),
        Arguments.of(
            "{ a.b.\"c.d\" { x = 1 }\n a.b.\"c.d\" { x = 2 } }", "2 a.b.c.d", "line 1", ""),
        Arguments.of("a { x = 1\n y = 2\n x = 3 }", "warning 3 a.x", "line 1", "no effect"),
        Arguments.of("a { x = [1]\n x = [2,\n3] }", "warning 2 a.x", "line 1", "no effect"));
  }

  @ParameterizedTest
  @MethodSource("twice")
  void whatStandsTwice_isFoundWithBothLines(String text, String start, String line, String advice) {
    assertThat(find(text))
        .anySatisfy(f -> assertThat(f).startsWith(start).contains(line).contains(advice));
  }

  /** The parser says that a comma is missing. Nothing stands twice for that reason. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "stoker.http { listen = a } stoker.log { level = b }",
        "stoker.http { tls { a = 1 } } pyroscope.write.w { tls { a = 1 } }",
        "a.b.c { l = [ { p.cpu { x = 1 } p.memory { x = 1 } } ] }",
        "a.b.c { l = [ { x = 1, e { y = 1 } f { y = 1 }, g { y = 1 } }, { e { y = 1 } } ] }",
        "a.b.c { x = 1 y { z = 1 } y { z = 1 } }",
        "a.b.c { t = [ { e { x = 1 } } \"s\" { e { x = 1 } } ] }",
      })
  void aMissingComma_makesNothingStandTwice(String text) {
    assertThat(find(text)).isEmpty();
  }

  @Test
  void twoBlocksWithoutAComma_areOneProblem_ofTheMemberThatHasThem() {
    assertThat(find("a.b.c { t = { e { x = 1 } } { e { x = 1 } } }"))
        .singleElement()
        .satisfies(f -> assertThat(f).startsWith("1 a.b.c.t stands behind another block"));
    assertThat(find("a.b.c { l = [ { e { x = 1 } } { e { x = 1 } } ] }"))
        .singleElement()
        .satisfies(f -> assertThat(f).startsWith("1 a.b.c.l stands behind another block"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pyroscope.scrape { a { x = 1 } }\npyroscope { scrape { b { x = 1 } } }\npyroscope {}",
        "stoker { http {} }\nstoker { log {} }\nstoker.store.a {}\nstoker.store.b {}",
        "vars { a = 1, o { x = 1 } }\nvars { b = 2 }\nvars.o { y = 1 }",
        "a.b.c { x = 1, p { m { e = 1 } } }\na.b.c.y = 2\na.b.c.p.m.f = 1\na.b.c.p.n { e = 1 }",
        "a.b.c { e { x = 1 } }\na.b.c.e { y = 2 }",
        "a.b.c { t = [ { x = 1 }, { x = 2 }\n { x = 3 } ] }",
        "a.b.c { x = [1]\n x += 2\n x += 3 }",
        "a.b.c { x = d\n x = ${?X} }",
        "a.b.c { rules += { action = keep }\n rules += { action = drop } }",
        "a.b.c.e += { url = x, queue { disk = 0 } }\na.b.c.e += { url = y, queue { disk = 0 } }",
        "a.b.c { p { x = 1 } }\na.b.c = ${a.b.c} { p { y = 2 } }",
        "a.b.c { e = [ { q { x = 1 } } ] }\na.b.c.e = ${a.b.c.e} [ { q { x = 2 } } ]",
        "a.b.c { e = [ { q { x = 1 } } ] [ { q { x = 2 } } ] }",
        "a.b.c { x = 1 }\na.b.c = ${a.b.c} { y = 2 }",
        "a.b.c = ${vars.x} { y = 2 }\na.b.d = ${vars.x} { y = 2 }",
        "include \"x\"\ninclude \"y\"\na.b.c { include \"z\" , include \"v\" }",
        "a.b.c { x = \"\"\"{\n a {} a {}\"\"\"\n y = 1 } // a { } a { }",
        "a.b.c { labels { \"x\" = 1, \"y\" : 2 }, labels2 { \"x\" = 1 } }",
        "a.b.c { url = http://h:1/x?a=b&c=d, k = ${x}\":\"${y} }",
        "a.b.c { x =\n 1\n y\n =\n 2 }",
      })
  void whatIsMergedOnPurpose_isLeftAlone(String text) {
    assertThat(find(text)).isEmpty();
  }
}
