package dev.stoker.app.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Prints a script that completes commands, options and files in a shell.")
public final class CompletionCommand implements Callable<Integer> {
  private static final class Shells extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Shells() {
      super(List.of("bash", "zsh", "fish"));
    }
  }

  @Parameters(
      paramLabel = "SHELL",
      description = "One of: ${COMPLETION-CANDIDATES}.",
      completionCandidates = Shells.class)
  private String shell = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (!new Shells().contains(shell)) {
      System.err.println("there is no completion for \"" + shell + "\"; write bash, zsh or fish");
      return 2;
    }
    CommandLine stoker = spec.root().commandLine();
    // The script for bash sets up bash's way of completion when zsh reads it.
    System.out.print(shell.equals("fish") ? fish(stoker) : AutoComplete.bash("stoker", stoker));
    System.out.flush();
    return 0;
  }

  private static String fish(CommandLine stoker) {
    StringBuilder script =
        new StringBuilder("# Completion of stoker in fish\ncomplete -c stoker -f\n");
    stoker
        .getSubcommands()
        .forEach(
            (name, command) -> {
              CommandSpec spec = command.getCommandSpec();
              script
                  .append("complete -c stoker -n __fish_use_subcommand -a ")
                  .append(name)
                  .append(" -d ")
                  .append(quoted(description(spec.usageMessage().description())))
                  .append('\n');
              String within = "complete -c stoker -n '__fish_seen_subcommand_from " + name + "'";
              spec.options().forEach(option -> script.append(within).append(option(option)));
              if (spec.name().equals("completion")) {
                script.append(within).append(" -a 'bash zsh fish'\n");
              } else if (spec.name().equals("help")) {
                String commands = String.join(" ", stoker.getSubcommands().keySet());
                script.append(within).append(" -a '").append(commands).append("'\n");
              } else if (!spec.positionalParameters().isEmpty()) {
                script.append(within).append(" -F\n");
              }
            });
    return script.toString();
  }

  private static String option(OptionSpec option) {
    StringBuilder text = new StringBuilder();
    for (String name : option.names()) {
      text.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    if (option.arity().max() > 0) {
      text.append(" -r");
      if (java.nio.file.Path.class.equals(option.type())) {
        text.append(" -F");
      }
    }
    return text + " -d " + quoted(description(option.description())) + "\n";
  }

  private static String description(String[] lines) {
    return lines.length == 0 ? "" : lines[0].replaceAll("\\s*\\(default: .*", "");
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
