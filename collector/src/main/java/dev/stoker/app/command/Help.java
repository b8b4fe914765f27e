package dev.stoker.app.command;

import dev.stoker.app.run.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Gives every command its help, version, examples and the meaning of its exit codes. */
public final class Help {
  private static final int WIDTH = 110;
  private static final Map<String, List<String>> EXAMPLES = examples();

  private static final List<String> MORE =
      List.of(
          "",
          "Configs are HOCON (*.conf) or Grafana Alloy's syntax (*.alloy, *.river). Where the name",
          "of a file does not say which, its text does. A folder is one config: of its *.conf files,",
          "or when there are none of its *.alloy files.",
          "",
          "STOKER_JAVA_OPTS in the environment is added to the JVM's flags and wins over them, for",
          "example STOKER_JAVA_OPTS=-Xmx512m. JAVA_HOME says which Java ./stoker uses.");

  private static Map<String, List<String>> examples() {
    Map<String, List<String>> examples = new LinkedHashMap<>();
    examples.put(
        "stoker",
        List.of(
            "stoker run config-examples/quickstart.conf",
            "stoker validate /etc/stoker",
            "stoker help run"));
    examples.put(
        "run",
        List.of(
            "stoker run /etc/stoker --listen 0.0.0.0:12345",
            "stoker run config.alloy --storage /var/lib/stoker",
            "stoker run --strict config.alloy"));
    examples.put("health", List.of("stoker health", "stoker health http://127.0.0.1:12346"));
    examples.put(
        "validate",
        List.of(
            "stoker validate stoker.conf config.alloy /etc/stoker",
            "kubectl get configmap stoker -o jsonpath='{.data.stoker\\.conf}' | stoker validate -"));
    examples.put(
        "convert",
        List.of("stoker convert config.alloy -o stoker.conf", "stoker convert - < config.alloy"));
    examples.put(
        "targets",
        List.of("stoker targets stoker.conf", "stoker targets stoker.conf --wait 30s --json"));
    examples.put("relabel", List.of("stoker relabel --rules rules.conf --labels labels.json"));
    examples.put(
        "scrape",
        List.of(
            "stoker scrape http://localhost:6060/debug/pprof/allocs",
            "stoker scrape http://app:6060/debug/pprof/profile?seconds=5 --type process_cpu --out cpu.pb.gz",
            "stoker scrape https://app:6060/debug/pprof/heap --config stoker.conf --component"
                + " pyroscope.scrape.default"));
    examples.put(
        "queue", List.of("stoker queue data/stoker", "stoker queue /var/lib/stoker --json"));
    examples.put("version", List.of("stoker version"));
    examples.put(
        "completion",
        List.of(
            "source <(stoker completion bash)",
            "source <(stoker completion zsh)",
            "stoker completion fish > ~/.config/fish/completions/stoker.fish"));
    return examples;
  }

  private static Map<String, String> exitCodes(String command) {
    Map<String, String> codes = new LinkedHashMap<>();
    codes.put("0", zero(command));
    codes.put("1", one(command));
    codes.put("2", "The command line is wrong.");
    return codes;
  }

  private static String zero(String command) {
    return switch (command) {
      case "run" -> "Stopped in good order, by SIGTERM or SIGINT.";
      case "health" -> "It is healthy.";
      case "validate" -> "Every config is right; there may be notes and warnings.";
      default -> "Fine.";
    };
  }

  private static String one(String command) {
    return switch (command) {
      case "run" ->
          "The first config is wrong, something it needs is missing, or the stop was not clean.";
      case "health" -> "It does not answer, or answers that it is not healthy.";
      case "validate" -> "At least one config has a problem.";
      case "convert" -> "Something cannot be translated; nothing is written.";
      case "targets" -> "The config is wrong, or a discovery failed.";
      default -> "The command failed; standard error says why.";
    };
  }

  private Help() {}

  /** Adds help to the command and all commands below it. */
  public static void add(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    if (spec.findOption("--help") == null) {
      spec.mixinStandardHelpOptions(true);
    } else {
      spec.addOption(
          OptionSpec.builder("-V", "--version")
              .versionHelp(true)
              .description("Print version information and exit.")
              .build());
    }
    spec.versionProvider(() -> new String[] {Version.line()});
    CommandLine.Model.UsageMessageSpec usage = spec.usageMessage();
    usage.width(WIDTH);
    usage.exitCodeListHeading("%nExit codes:%n").exitCodeList(exitCodes(spec.name()));
    List<String> footer = new ArrayList<>();
    List<String> examples = EXAMPLES.getOrDefault(spec.name(), List.of());
    if (!examples.isEmpty()) {
      footer.add("");
      footer.add("Examples:");
      examples.forEach(example -> footer.add("  " + example));
    }
    footer.addAll(MORE);
    usage.footer(footer.stream().map(line -> line.replace("%", "%%")).toArray(String[]::new));
    command.getSubcommands().values().forEach(Help::add);
  }
}
