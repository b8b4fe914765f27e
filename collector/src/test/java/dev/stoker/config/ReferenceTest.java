package dev.stoker.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.component.ComponentKind;
import dev.stoker.components.ComponentKinds;
import dev.stoker.config.daemon.DaemonReader;
import dev.stoker.http.schema.HttpClientReader;
import dev.stoker.schema.Declared;
import dev.stoker.schema.Declared.Argument;
import dev.stoker.schema.Declared.Block;
import dev.stoker.schema.Export;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * <code>docs/reference.md</code> is what the components declare, word by word, and <code>
 * docs/configuration.md</code> says nothing else. When this fails, the message has the text that
 * belongs into the page.
 */
class ReferenceTest {
  private static final Path DOCS = Path.of(System.getProperty("stoker.root", "..")).resolve("docs");
  private static final String HTTP = "HTTP client arguments";

  private static final String HEAD =
      """
      # Reference of all arguments

      This page lists every argument of every component and of the daemon, as the program itself declares them. What they mean is in
      [configuration.md](configuration.md). A test writes this page: do not edit it by hand, but run `ReferenceTest` and copy what it prints.

      Which argument of `source_config` belongs to which source is in [configuration.md](configuration.md#sources).

      A dot in a name means a block in a block. `NAME` is a name that you choose. A block that may be repeated is a list here; its arguments have
      `[]` in their name.
      """;

  private static final Pattern CODE = Pattern.compile("`[^`\n]+`|(?s)```.*?```");
  private static final Pattern SECTION = Pattern.compile("(?ms)^##+ ([^\n]*)\n(.*?)(?=^##|\\z)");

  /** An argument and its default, of which there is one each. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9_.]+)` \\| (`[^`|]+`) \\|");

  private static final String NO_LIMIT = "`0`: no limit";

  /** Defaults that are no value of their own. */
  private static final Map<String, String> OTHER_DEFAULTS = new HashMap<>();

  static {
    OTHER_DEFAULTS.put("pyroscope.scrape delta_profiling_duration", "`scrape_interval` − 1s");
    OTHER_DEFAULTS.put("pyroscope.scrape source", "`pprof`");
    OTHER_DEFAULTS.put("pyroscope.scrape source_config.path", "that of the source");
    OTHER_DEFAULTS.put("pyroscope.scrape source_config.interval", "that of async-profiler");
    OTHER_DEFAULTS.put("pyroscope.scrape target_limit", NO_LIMIT);
    OTHER_DEFAULTS.put("pyroscope.scrape budget.max_targets", "none");
    OTHER_DEFAULTS.put("pyroscope.scrape budget.percent", "none");
    OTHER_DEFAULTS.put("pyroscope.scrape label_limit", NO_LIMIT);
    OTHER_DEFAULTS.put("pyroscope.scrape label_name_length_limit", NO_LIMIT);
    OTHER_DEFAULTS.put("pyroscope.scrape label_value_length_limit", NO_LIMIT);
    for (String receive : List.of("pyroscope.receive_http", "otlp.receive")) {
      OTHER_DEFAULTS.put(receive + " limits.label_limit", NO_LIMIT);
      OTHER_DEFAULTS.put(receive + " limits.label_name_length_limit", NO_LIMIT);
      OTHER_DEFAULTS.put(receive + " limits.label_value_length_limit", NO_LIMIT);
    }
    for (String write : List.of("pyroscope.write", "otlp.write")) {
      OTHER_DEFAULTS.put(write + " endpoint", "none; a single one of `endpoints`");
      OTHER_DEFAULTS.put(write + " endpoints[].name", "the URL");
      OTHER_DEFAULTS.put(write + " endpoints[].max_profile_size", NO_LIMIT);
    }
    OTHER_DEFAULTS.put("pyroscope.relabel max_sample_label_sets", NO_LIMIT);
    OTHER_DEFAULTS.put("pyroscope.enrich profiles_match_label", "`target_match_label`");
    OTHER_DEFAULTS.put("pyroscope.enrich labels_to_copy", "all but those for scraping");
    OTHER_DEFAULTS.put("discovery.dns port", "none; required for A and AAAA");
    for (String rules :
        new String[] {
          "discovery.relabel rules", "pyroscope.relabel rules", "pyroscope.relabel sample_rules"
        }) {
      OTHER_DEFAULTS.put(rules + "[].modulus", "none; required for `hashmod`");
    }
  }

  private static final Set<String> NOTHING = Set.of("", "[]", "{}", "Optional.empty");

  /** Arguments that each component may have, and their section. */
  private final Declared http = Declared.by(HttpClientReader::read);

  @Test
  void thePage_isWhatTheComponentsDeclare() throws Exception {
    String page = page();
    if (!Files.readString(DOCS.resolve("reference.md")).equals(page)) {
      throw new AssertionError("this text belongs into docs/reference.md:\n" + page);
    }
  }

  @Test
  void everyArgument_isExplained() throws Exception {
    Set<String> words =
        CODE.matcher(Files.readString(DOCS.resolve("configuration.md")))
            .results()
            .flatMap(code -> Arrays.stream(code.group().split("[^A-Za-z0-9_]+")))
            .collect(Collectors.toSet());
    for (Map.Entry<String, Map<String, String>> section : defaults().entrySet()) {
      for (String argument : section.getValue().keySet()) {
        assertThat(words).as(section.getKey()).contains(argument.replaceFirst(".*\\.", ""));
      }
    }
  }

  @Test
  void defaultsThatAreExplained_areThoseThatAreDeclared() throws Exception {
    int compared = 0;
    Map<String, Map<String, String>> declared = defaults();
    String text = Files.readString(DOCS.resolve("configuration.md"));
    for (MatchResult section : SECTION.matcher(text).results().toList()) {
      String title = section.group(1);
      String kind =
          title.equals("Daemon settings") ? "stoker" : title.equals(HTTP) ? "http" : title;
      Map<String, String> known = declared.getOrDefault(kind.replace(".LABEL", ""), Map.of());
      for (MatchResult row : ROW.matcher(section.group(2)).results().toList()) {
        String name = row.group(1).replaceFirst("^stoker\\.", "");
        String fallback = known.getOrDefault(name, known.get("endpoints[]." + name));
        if (fallback != null && fallback.matches("`[^`]*`")) {
          assertThat(row.group(2)).as(title + " " + name).isEqualTo(fallback);
          compared++;
        }
      }
    }
    assertThat(compared).isGreaterThan(30);
  }

  /** Default of each argument, by section. */
  private Map<String, Map<String, String>> defaults() {
    Map<String, List<Row>> sections = new LinkedHashMap<>();
    ComponentKinds.ALL.forEach(
        kind -> sections.put(kind.name(), rows(kind.name(), declared(kind), true)));
    sections.put("http", rows("http", http, false));
    sections.put("stoker", rows("stoker", Declared.by(DaemonReader::read), false));
    Map<String, Map<String, String>> defaults = new LinkedHashMap<>();
    sections.forEach(
        (section, rows) -> {
          Map<String, String> known = defaults.computeIfAbsent(section, s -> new LinkedHashMap<>());
          rows.stream()
              .filter(row -> row.name().matches("`[^`]*`"))
              .forEach(row -> known.put(row.name().replace("`", ""), row.fallback()));
        });
    return defaults;
  }

  private String page() {
    StringBuilder page = new StringBuilder(HEAD);
    ComponentKinds.ALL.stream()
        .sorted(Comparator.comparing(ComponentKind::name))
        .forEach(kind -> section(page, kind));
    page.append("\n## " + HTTP + "\n\n");
    page.append("Every component above that says so takes these arguments.\n\n");
    table(page, rows("http", http, false));
    page.append("\n## stoker\n\nThe settings of the daemon.\n\n");
    table(page, rows("stoker", Declared.by(DaemonReader::read), false));
    return page.toString();
  }

  private void section(StringBuilder page, ComponentKind<?> kind) {
    page.append("\n## ").append(kind.name()).append("\n\n");
    page.append("It exports ").append(exports(kind)).append(".\n\n");
    table(page, rows(kind.name(), declared(kind), true));
  }

  private static Declared declared(ComponentKind<?> kind) {
    return Declared.by(args -> kind.read(kind.name() + ".declared", args));
  }

  private static String exports(ComponentKind<?> kind) {
    return kind.exports().isEmpty()
        ? "nothing"
        : kind.exports().stream()
            .map(Export::name)
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(" and "));
  }

  /** Name, what it takes, default. */
  private record Row(String name, String type, String fallback) {}

  private static void table(StringBuilder page, List<Row> rows) {
    page.append("| argument | takes | default |\n|---|---|---|\n");
    for (Row row : rows) {
      page.append("| " + row.name() + " | " + row.type() + " | " + row.fallback() + " |\n");
    }
  }

  /**
   * @param fold leaves out the arguments of HTTP clients, which have their own section
   */
  private List<Row> rows(String kind, Declared declared, boolean fold) {
    List<Row> rows = new ArrayList<>();
    add(rows, kind + " ", "", declared, fold);
    return rows;
  }

  private void add(List<Row> rows, String kind, String prefix, Declared declared, boolean fold) {
    boolean client = fold && isClient(declared);
    declared
        .arguments()
        .forEach(
            (name, argument) -> {
              if (!declared.blocks().containsKey(name)
                  && !(client && http.arguments().containsKey(name))) {
                rows.add(row(kind, prefix, argument));
              }
            });
    declared
        .blocks()
        .forEach(
            (name, block) -> {
              if (!(client && http.blocks().containsKey(name))) {
                add(rows, kind, prefix + name + step(block), block.content(), fold);
              }
            });
    if (client) {
      String where = prefix.isEmpty() ? "" : "`" + prefix + "…`: ";
      rows.add(new Row(where + "[" + HTTP + "](#http-client-arguments)", "", ""));
    }
  }

  private static String step(Block block) {
    return (block.named() ? ".NAME" : block.one().isEmpty() ? "" : "[]") + ".";
  }

  private boolean isClient(Declared declared) {
    return declared.arguments().keySet().containsAll(http.arguments().keySet());
  }

  private static Row row(String kind, String prefix, Argument argument) {
    String name = prefix + argument.name();
    String other = OTHER_DEFAULTS.get(kind + name);
    String fallback =
        argument.required()
            ? "required"
            : other != null ? other : fallback(String.valueOf(argument.fallback()));
    return new Row("`" + name + "`", argument.type(), fallback);
  }

  private static String fallback(String value) {
    return NOTHING.contains(value) ? "none" : "`" + value + "`";
  }
}
