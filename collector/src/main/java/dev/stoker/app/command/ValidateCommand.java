package dev.stoker.app.command;

import dev.stoker.app.log.Logs;
import dev.stoker.app.memory.CpuThreads;
import dev.stoker.app.memory.HeapFit;
import dev.stoker.app.memory.MemoryPlan;
import dev.stoker.component.HeapDemand;
import dev.stoker.config.LoadResult;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "validate", description = "Reports every problem of a config.")
public final class ValidateCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "CONFIG",
      arity = "1..*",
      description = "Files and folders, each a config of its own; - is standard input.")
  private List<Path> configs = List.of();

  @Option(
      names = "--strict",
      description = "Blocks of an Alloy config that would be left out are errors.")
  private boolean strict;

  @Override
  public Integer call() throws InterruptedException {
    Logs.quiet();
    ConfigArgument argument = new ConfigArgument();
    int worst = 0;
    for (Path config : configs) {
      worst = Math.max(worst, validate(config, argument.load(config, strict)));
    }
    return worst;
  }

  private static int validate(Path config, LoadResult result) throws InterruptedException {
    if (result instanceof LoadResult.Failed failed) {
      failed.problems().forEach(problem -> System.err.println(problem.shown()));
      return 1;
    }
    LoadResult.Loaded loaded = (LoadResult.Loaded) result;
    // As the launcher of this machine, or in this container, would plan it.
    long heap =
        MemoryPlan.of(
                HeapDemand.of(loaded.config().components()), MemoryPlan.room(), CpuThreads.here())
            .heap();
    loaded.notes().forEach(note -> System.err.println("note: " + note));
    Stream.concat(
            HeapFit.start(loaded, config.toString(), heap).warnings().stream(),
            CredentialCheck.problems(loaded.config()).stream())
        .forEach(warning -> System.err.println("warning: " + warning.shown()));
    return 0;
  }
}
