package dev.stoker.app;

import dev.stoker.app.command.CompletionCommand;
import dev.stoker.app.command.ConvertCommand;
import dev.stoker.app.command.HealthCommand;
import dev.stoker.app.command.Help;
import dev.stoker.app.command.QueueCommand;
import dev.stoker.app.command.RelabelCommand;
import dev.stoker.app.command.RunCommand;
import dev.stoker.app.command.ScrapeCommand;
import dev.stoker.app.command.TargetsCommand;
import dev.stoker.app.command.ValidateCommand;
import dev.stoker.app.command.VersionCommand;
import dev.stoker.app.flags.RunFlags;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The <code>stoker</code> command. */
@Command(
    name = "stoker",
    description = "Pulls profiles and keeps Grafana Pyroscope fed.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      HealthCommand.class,
      ValidateCommand.class,
      ConvertCommand.class,
      TargetsCommand.class,
      RelabelCommand.class,
      ScrapeCommand.class,
      QueueCommand.class,
      VersionCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main implements Callable<Integer> {
  private static final String MAX_JSON_DEPTH = "100";

  public static void main(String[] args) {
    int exit = CommandLine.ExitCode.SOFTWARE;
    try {
      exit = execute(args);
    } catch (Throwable thrown) {
      internalError("", thrown);
    }
    // Whatever has happened: threads that are left must not keep a dead command alive.
    System.exit(exit);
  }

  /** Exit code: 0 fine, 1 the command failed, 2 wrong usage. */
  public static int execute(String... args) {
    boundJson();
    return args.length > 0 && args[0].equals("run")
        ? run(RunFlags.read(Arrays.asList(args).subList(1, args.length)))
        : commandLine().execute(args);
  }

  private static int run(RunFlags flags) {
    if (!flags.problems().isEmpty()) {
      flags.problems().forEach(problem -> System.err.println("stoker run: " + problem));
      return CommandLine.ExitCode.USAGE;
    }
    String[] words = Stream.concat(Stream.of("run"), flags.words().stream()).toArray(String[]::new);
    RunCommand plain = RunCommand.plain(words);
    if (plain != null) {
      return run(plain.with(flags));
    }
    CommandLine line = commandLine();
    ((RunCommand) Objects.requireNonNull(line.getSubcommands().get("run")).getCommand())
        .with(flags);
    return line.execute(words);
  }

  private static int run(RunCommand command) {
    try {
      return command.call();
    } catch (Exception thrown) {
      return failed("run", thrown);
    }
  }

  public static CommandLine commandLine() {
    CommandLine stoker = new CommandLine(new Main());
    Help.add(stoker);
    return stoker.setExecutionExceptionHandler(
        (thrown, command, ignored) -> failed(command.getCommandName(), thrown));
  }

  /** An error of the file system is for the user to mend. Anything else is a bug. */
  private static int failed(String command, Exception thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof IOException refused) {
      System.err.println("stoker " + command + ": " + refused);
    } else {
      internalError(" " + command, cause);
    }
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static void internalError(String command, Throwable thrown) {
    System.err.println("stoker" + command + ": internal error, please report it: " + thrown);
    thrown.printStackTrace();
  }

  /**
   * JSON is written, and what was read is printed, by recursion: the 1,000 levels that Vert.x
   * allows overflow the stacks of the launcher's threads. Must run before any JSON is read.
   */
  private static void boundJson() {
    System.setProperty("vertx.jackson.defaultReadMaxNestingDepth", MAX_JSON_DEPTH);
  }

  @Override
  public Integer call() {
    commandLine().usage(System.err);
    return CommandLine.ExitCode.USAGE;
  }
}
