package dev.stoker.relabel;

import static dev.stoker.relabel.Action.DROP;
import static dev.stoker.relabel.Action.DROPEQUAL;
import static dev.stoker.relabel.Action.HASHMOD;
import static dev.stoker.relabel.Action.KEEP;
import static dev.stoker.relabel.Action.KEEPEQUAL;
import static dev.stoker.relabel.Action.LABELDROP;
import static dev.stoker.relabel.Action.LABELKEEP;
import static dev.stoker.relabel.Action.LABELMAP;
import static dev.stoker.relabel.Action.LOWERCASE;
import static dev.stoker.relabel.Action.REPLACE;
import static dev.stoker.relabel.Action.UPPERCASE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import dev.stoker.relabel.RelabelRule.Spec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The 34 cases of Prometheus' relabel_test.go, and what they leave open. */
class RelabelConformanceTest {
  /** A null output = the label set is dropped. */
  record Case(String name, Labels input, List<Spec> rules, @Nullable Labels output) {
    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource({"prometheus", "gaps"})
  void rules_doWhatPrometheusDoes(Case c) {
    Relabeled result =
        new Relabeler(c.rules.stream().map(RelabelRule::new).toList()).apply(c.input);

    if (c.output == null) {
      assertThat(result).isInstanceOf(Relabeled.Dropped.class);
    } else {
      assertThat(result).isEqualTo(new Relabeled.Kept(c.output));
    }
  }

  static Stream<Case> prometheus() {
    String tags = "path:/secret,job:some-job,label:foo=bar";
    Labels lines = Labels.of("a", "line1\nline2");
    List<Case> cases = new ArrayList<>();
    cases.add(
        changed(
            "01 replace with groups",
            Labels.of("a", "foo", "b", "bar", "c", "baz"),
            List.of(replace("f(.*)", "d", "ch${1}-ch${1}", "a")),
            "d",
            "choo-choo"));
    cases.add(
        changed(
            "02 two sources, then another rule",
            Labels.of("a", "foo", "b", "bar", "c", "baz"),
            List.of(
                replace("f(.*);(.*)r", "a", "b${1}${2}m", "a", "b"),
                replace("(b).*b(.*)ba(.*)", "d", "$1$2$2$3", "c", "a")),
            "a",
            "boobam",
            "d",
            "boooom"));
    cases.add(
        dropped(
            "03 drop ends the chain",
            Labels.of("a", "foo"),
            Spec.of(DROP, "a").regex(".*o.*"),
            replace("f(.*)", "d", "ch$1-ch$1", "a")));
    cases.add(
        dropped("04 drop", Labels.of("a", "foo", "b", "bar"), Spec.of(DROP, "a").regex(".*o.*")));
    cases.add(
        changed(
            "05 one group",
            Labels.of("a", "abc"),
            List.of(replace(".*(b).*", "d", "$1", "a")),
            "d",
            "b"));
    cases.add(
        changed(
            "06 drop without match",
            Labels.of("a", "foo"),
            List.of(Spec.of(DROP, "a").regex("no-match"))));
    cases.add(
        changed(
            "07 alternation is anchored",
            Labels.of("a", "foo"),
            List.of(Spec.of(DROP, "a").regex("f|o"))));
    cases.add(
        dropped(
            "08 keep without match", Labels.of("a", "foo"), Spec.of(KEEP, "a").regex("no-match")));
    cases.add(changed("09 keep", Labels.of("a", "foo"), List.of(Spec.of(KEEP, "a").regex("f.*"))));
    cases.add(
        changed(
            "10 replace without match",
            Labels.of("a", "boo"),
            List.of(replace("f", "b", "bar", "a"))));
    cases.add(
        changed(
            "11 empty replacement deletes",
            Labels.of("a", "foo", "f", "baz"),
            List.of(replace("(f).*", "$1", "$2", "a")),
            "f",
            ""));
    cases.add(
        changed(
            "12 hashmod",
            Labels.of("a", "foo", "b", "bar", "c", "baz"),
            List.of(Spec.of(HASHMOD, "c").target("d").modulus(1000)),
            "d",
            "976"));
    cases.add(
        changed(
            "13 hashmod with newline",
            Labels.of("a", "foo\nbar"),
            List.of(Spec.of(HASHMOD, "a").target("b").modulus(1000)),
            "b",
            "734"));
    cases.add(
        changed(
            "14 labelmap",
            Labels.of("a", "foo", "b1", "bar", "b2", "baz"),
            List.of(Spec.of(LABELMAP).regex("(b.*)").replacement("bar_${1}")),
            "bar_b1",
            "bar",
            "bar_b2",
            "baz"));
    cases.add(
        changed(
            "15 labelmap of meta labels",
            Labels.of(
                "a", "foo", "__meta_my_bar", "aaa", "__meta_my_baz", "bbb", "__meta_other", "ccc"),
            List.of(Spec.of(LABELMAP).regex("__meta_(my.*)").replacement("${1}")),
            "my_bar",
            "aaa",
            "my_baz",
            "bbb"));
    String some = "some-([^-]+)-([^,]+)";
    cases.add(
        changed(
            "16 target from a group",
            Labels.of("a", "some-name-value"),
            List.of(replace(some, "${1}", "${2}", "a")),
            "name",
            "value"));
    cases.add(
        changed(
            "17 unknown group in replacement",
            Labels.of("a", "some-name-value"),
            List.of(replace(some, "${1}", "${3}", "a"))));
    cases.add(
        changed(
            "18 unknown group in target",
            Labels.of("a", "some-name-0"),
            List.of(
                replace(some, "${3}", "${1}", "a"),
                replace(some, "${3}", "${1}", "a"),
                replace("some-([^-]+)(-[^,]+)", "${3}", "${1}", "a"))));
    cases.add(
        changed(
            "19 tags",
            Labels.of("__meta_sd_tags", tags),
            List.of(
                replace("(?:.+,|^)path:(/[^,]+).*", "__metrics_path__", "${1}", "__meta_sd_tags"),
                replace("(?:.+,|^)job:([^,]+).*", "job", "${1}", "__meta_sd_tags"),
                replace("(?:.+,|^)label:([^=]+)=([^,]+).*", "${1}", "${2}", "__meta_sd_tags")),
            "__metrics_path__",
            "/secret",
            "job",
            "some-job",
            "foo",
            "bar"));
    cases.add(
        changed(
            "20 a deleted label can be set again",
            Labels.of("a", "foo", "X", "old"),
            List.of(
                Spec.of(LABELDROP).regex("^X$"),
                replace("(.+)", "X", "metrics", "a"),
                Spec.of(KEEP, "X").regex("^metrics$")),
            "X",
            "metrics"));
    cases.add(
        changed(
            "21 labelkeep",
            Labels.of("a", "foo", "b1", "bar", "b2", "baz"),
            List.of(Spec.of(LABELKEEP).regex("(b.*)")),
            "a",
            ""));
    cases.add(
        changed(
            "22 labeldrop",
            Labels.of("a", "foo", "b1", "bar", "b2", "baz"),
            List.of(Spec.of(LABELDROP).regex("(b.*)")),
            "b1",
            "",
            "b2",
            ""));
    cases.add(
        changed(
            "23 case",
            Labels.of("foo", "bAr123Foo"),
            List.of(
                Spec.of(UPPERCASE, "foo").target("foo_uppercase"),
                Spec.of(LOWERCASE, "foo").target("foo_lowercase")),
            "foo_uppercase",
            "BAR123FOO",
            "foo_lowercase",
            "bar123foo"));
    Labels ports = Labels.of("__tmp_port", "1234", "__port1", "1234", "__port2", "5678");
    cases.add(
        changed(
            "24 keepequal", ports, List.of(Spec.of(KEEPEQUAL, "__tmp_port").target("__port1"))));
    cases.add(dropped("25 dropequal", ports, Spec.of(DROPEQUAL, "__tmp_port").target("__port1")));
    cases.add(
        changed(
            "26 dropequal, other",
            ports,
            List.of(Spec.of(DROPEQUAL, "__tmp_port").target("__port2"))));
    cases.add(
        dropped("27 keepequal, other", ports, Spec.of(KEEPEQUAL, "__tmp_port").target("__port2")));
    cases.add(
        changed(
            "28 dot matches newline",
            lines,
            List.of(replace("line1.*line2", "d", "match${1}", "a")),
            "d",
            "match"));
    cases.add(
        changed(
            "29 UTF-8 source",
            Labels.of("utf-8.label", "line1\nline2", "b", "bar"),
            List.of(replace("line1.*line2", "d", "match${1}", "utf-8.label")),
            "d",
            "match"));
    cases.add(
        changed(
            "30 UTF-8 target",
            lines,
            List.of(replace("line1.*line2", "utf-8.label", "match${1}", "a")),
            "utf-8.label",
            "match"));
    cases.add(
        changed(
            "31 UTF-8 target template",
            lines,
            List.of(replace("line1.*line2", "utf-8.label${1}", "match${1}", "a")),
            "utf-8.label",
            "match"));
    cases.add(
        changed(
            "32 named groups",
            lines,
            List.of(
                replace("(line1).*(?<second>line2)", "label1_${1}", "val_${second}", "a"),
                replace("(line1).*(?<second>line2)", "label2_$1", "val_$second", "a")),
            "label1_line1",
            "val_line2",
            "label2_line1",
            "val_line2"));
    cases.add(
        changed(
            "33 dollar in a regex",
            Labels.of("__name__", "http_requests_total"),
            List.of(replace(".*_total$", "__type__", "counter", "__name__")),
            "__type__",
            "counter"));
    cases.add(
        changed(
            "34 dollar in a regex, other",
            Labels.of("__name__", "http_response_size_bytes"),
            List.of(replace(".*_bytes$", "__unit__", "bytes", "__name__")),
            "__unit__",
            "bytes"));
    return cases.stream();
  }

  static Stream<Case> gaps() {
    return Stream.of(
        changed(
            "explicit empty replacement deletes",
            Labels.of("a", "x", "b", "y"),
            List.of(Spec.of(REPLACE, "a").target("b").replacement("")),
            "b",
            ""),
        changed(
            "$1x is a group of that name",
            Labels.of("a", "v"),
            List.of(replace("(.*)", "b", "$1x", "a"))),
        changed(
            "${1}x is group 1 and x",
            Labels.of("a", "v"), List.of(replace("(.*)", "b", "${1}x", "a")), "b", "vx"),
        changed(
            "$$ is a dollar",
            Labels.of("a", "v"),
            List.of(replace("(.*)", "b", "$$1 ${", "a")),
            "b",
            "$1 ${"),
        changed(
            "$ that starts nothing is kept",
            Labels.of("a", "v"),
            List.of(replace("(.*)", "b", "$ $- ${1", "a")),
            "b",
            "$ $- ${1"),
        changed(
            "$01 is no group",
            Labels.of("a", "v"),
            List.of(replace("(.*)", "b", "[$01]", "a")),
            "b",
            "[]"),
        changed(
            "backslashes are plain",
            Labels.of("a", "v"),
            List.of(replace("(.*)", "b", "\\1\\$1", "a")),
            "b",
            "\\1\\v"),
        // MD5 of "b" ends in 8 bytes whose highest bit is set: signed modulo would go negative.
        changed(
            "hashmod is unsigned",
            Labels.of("a", "b"),
            List.of(Spec.of(HASHMOD, "a").target("h").modulus(Long.MAX_VALUE)),
            "h",
            unsignedHash("b")),
        changed(
            "labelmap, later name wins",
            Labels.of("x1", "first", "x2", "second"),
            List.of(Spec.of(LABELMAP).regex("x.").replacement("x")),
            "x",
            "second"),
        dropped("drop by default regex", Labels.of("a", "v"), Spec.of(DROP, "missing")),
        dropped(
            "dropequal, both missing", Labels.of("a", "v"), Spec.of(DROPEQUAL, "m").target("n")),
        changed(
            "keepequal, both missing",
            Labels.of("a", "v"),
            List.of(Spec.of(KEEPEQUAL, "m").target("n"))),
        changed(
            "uppercase of a missing label deletes",
            Labels.of("a", "v"),
            List.of(Spec.of(UPPERCASE, "missing").target("a")),
            "a",
            ""),
        changed(
            "case maps code points",
            Labels.of("a", "straße ΣΑΣ"),
            List.of(Spec.of(UPPERCASE, "a").target("u"), Spec.of(LOWERCASE, "a").target("l")),
            "u",
            "STRAßE ΣΑΣ",
            "l",
            "straße σασ"),
        changed(
            "a final newline is not the end",
            Labels.of("a", "x\n"),
            List.of(replace("x$", "b", "hit", "a"))),
        changed(
            "labelkeep takes __address__ too",
            Labels.of("__address__", "h:1", "k", "v"),
            List.of(Spec.of(LABELKEEP).regex("k")),
            "__address__",
            ""));
  }

  private static String unsignedHash(String text) {
    try {
      byte[] md5 =
          java.security.MessageDigest.getInstance("MD5")
              .digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      return new java.math.BigInteger(1, java.util.Arrays.copyOfRange(md5, 8, 16))
          .mod(java.math.BigInteger.valueOf(Long.MAX_VALUE))
          .toString();
    } catch (java.security.NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  private static Spec replace(String regex, String target, String replacement, String... sources) {
    return Spec.of(REPLACE, sources).regex(regex).target(target).replacement(replacement);
  }

  private static Case changed(
      String name, Labels input, List<Spec> rules, String... namesAndValues) {
    Labels.Builder output = input.toBuilder();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      output.set(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new Case(name, input, rules, output.build());
  }

  private static Case dropped(String name, Labels input, Spec... rules) {
    return new Case(name, input, List.of(rules), null);
  }
}
