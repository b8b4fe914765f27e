package dev.stoker.app.flags;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.app.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of each flag of <code>alloy run</code>, and that the page says so. */
class AlloyFlagsTest {
  private static final Path PAGE =
      Path.of(System.getProperty("stoker.root", ".."), "docs/coming-from-alloy.md");

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `--([a-z0-9.-]+)` \\| ([^|]+) \\| ([^|]+) \\|$");

  static List<AlloyFlag> all() {
    return AlloyFlags.all();
  }

  /** Names and what is said of them, in one order. */
  @Test
  void thePage_hasEachFlag_withWhatBecomesOfIt() throws IOException {
    List<String> rows =
        ROW.matcher(Files.readString(PAGE))
            .results()
            .map(row -> row.group(1) + " | " + row.group(2) + " | " + row.group(3))
            .toList();

    assertThat(rows)
        .isEqualTo(
            AlloyFlags.all().stream()
                .map(
                    flag ->
                        flag.name()
                            + " | "
                            + flag.fateInWords()
                            + " | "
                            + (flag.fate() == AlloyFlag.Fate.TAKEN
                                ? "as `" + flag.why() + "`"
                                : flag.why()))
                .toList());
  }

  /** The reference of <code>alloy run</code>, version 1.20, has these. */
  @Test
  void noFlag_isMissing() {
    assertThat(AlloyFlags.all().stream().map(AlloyFlag::name))
        .containsExactlyInAnyOrder(
            ("server.http.enable-pprof server.http.memory-addr server.http.listen-addr"
                    + " server.http.ui-path-prefix server.http.disable-support-bundle storage.path"
                    + " disable-reporting cluster.enabled cluster.node-name cluster.join-addresses"
                    + " cluster.discover-peers cluster.rejoin-interval cluster.advertise-address"
                    + " cluster.advertise-interfaces cluster.max-join-peers cluster.name"
                    + " cluster.enable-tls cluster.tls-ca-path cluster.tls-cert-path"
                    + " cluster.tls-key-path cluster.tls-server-name cluster.wait-for-size"
                    + " cluster.wait-timeout config.format config.bypass-conversion-errors"
                    + " config.extra-args stability.level feature.community-components.enabled"
                    + " feature.component-shutdown-deadline"
                    + " feature.prometheus.direct-fanout.enabled server.http.enable-graphql"
                    + " server.http.enable-graphql-playground windows.priority"
                    + " cluster.use-discovery-v1 feature.prometheus.metric-validation-scheme")
                .split(" "));
  }

  @Test
  void stokersOwn_areThoseOfTheCommand() {
    assertThat(new TreeSet<>(RunFlags.STOKERS))
        .isEqualTo(
            new TreeSet<>(
                Objects.requireNonNull(Main.commandLine().getSubcommands().get("run"))
                    .getCommandSpec()
                    .optionsMap()
                    .keySet()
                    .stream()
                    .filter(name -> name.startsWith("--"))
                    .toList()));
  }

  @ParameterizedTest
  @MethodSource("all")
  void eachFlag_isTakenOrNoted_inBothForms_andTheConfigIsFound(AlloyFlag flag) {
    String value = flag.isSwitch() ? flag.same().equals("true") ? "false" : "true" : "x";
    RunFlags joined = read(flag.word() + "=" + value + " a.alloy");

    switch (flag.fate()) {
      case TAKEN -> {
        assertThat(joined.words()).containsExactly(flag.why(), "x", "a.alloy");
        assertThat(joined.notes())
            .containsExactly(flag.word() + " is taken as " + flag.why() + " x");
      }
      case REFUSED -> assertThat(joined.problems()).singleElement().asString().contains("x: ");
      default -> {
        assertThat(joined.words()).containsExactly("a.alloy");
        assertThat(flag.fate() == AlloyFlag.Fate.WARNED ? joined.warnings() : joined.notes())
            .containsExactly(flag.word() + " has no effect: " + flag.why().replace("`", ""));
      }
    }
    if (!flag.isSwitch()) {
      assertThat(read(flag.word() + " x a.alloy")).isEqualTo(joined);
      assertThat(read("a.alloy " + flag.word()).problems())
          .containsExactly(flag.word() + " needs a value");
    } else if (value.equals("true")) {
      assertThat(read(flag.word() + " a.alloy")).isEqualTo(joined);
    }
  }

  /** What it asks for is so anyway. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--server.http.ui-path-prefix=/",
        "--cluster.enabled=false",
        "--cluster.enabled=F",
        "--server.http.enable-pprof",
        "--disable-reporting",
        "--config.format=alloy",
      })
  void aFlagThatAsksForWhatIsSo_saysNothing(String flag) {
    assertThat(read(flag + " a.alloy"))
        .isEqualTo(new RunFlags(List.of("a.alloy"), List.of(), List.of(), List.of()));
  }

  /** The arguments that Alloy's chart gives its container. */
  @Test
  void aDeploymentsArguments_startStoker() {
    RunFlags read =
        read(
            "/etc/alloy/config.alloy --storage.path=/tmp/alloy"
                + " --server.http.listen-addr=0.0.0.0:12345 --server.http.ui-path-prefix=/"
                + " --disable-reporting --cluster.enabled=true"
                + " --cluster.join-addresses=alloy-cluster --stability.level=generally-available");

    assertThat(read.problems()).isEmpty();
    assertThat(read.words())
        .containsExactlyInAnyOrder(
            "--storage", "/tmp/alloy", "--listen", "0.0.0.0:12345", "/etc/alloy/config.alloy");
    assertThat(read.warnings()).singleElement().asString().contains("clustering is not there yet");
    assertThat(read.notes()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--server.http.listen-adr=x a | unknown flag --server.http.listen-adr; did you mean --server.http.listen-addr?",
        "--disable-reportin a | unknown flag --disable-reportin; did you mean --disable-reporting?",
        "--stric a | unknown flag --stric; did you mean --strict?",
        "--frobnicate a | unknown flag --frobnicate; `stoker help run` shows those that there are",
        "--cluster.enabled=maybe a | --cluster.enabled=maybe: write true or false",
        "--storage.path --disable-reporting a | --storage.path needs a value",
        "--listen 1.2.3.4:5 --server.http.listen-addr 1.2.3.4:6 a | --listen and --server.http.listen-addr say the same; leave one of them out",
        "--storage=b --storage.path c a | --storage and --storage.path say the same; leave one of them out",
        "--config.format=prometheus a | --config.format=prometheus: Stoker reads Alloy's syntax and HOCON; convert the file with alloy convert first",
      })
  void aWrongCommandLine_isToldSo(String line, String problem) {
    assertThat(read(line).problems()).containsExactly(problem);
  }

  @Test
  void ofTwoValues_theLastIsTaken_andAPortAloneMeansAllAddresses() {
    assertThat(read("--server.http.listen-addr=:1 a --server.http.listen-addr :2").words())
        .containsExactly("--listen", "0.0.0.0:2", "a");
  }

  /** Short options, and what stands after two dashes. */
  @ParameterizedTest
  @ValueSource(strings = {"-h", "a -- --storage.path b", "a --strict", "--storage d a", ""})
  void allElse_isUntouched(String line) {
    assertThat(read(line))
        .isEqualTo(new RunFlags(List.of(line.split(" ")), List.of(), List.of(), List.of()));
  }

  private static RunFlags read(String line) {
    return RunFlags.read(List.of(line.split(" ")));
  }
}
