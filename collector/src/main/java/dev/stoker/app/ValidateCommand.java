package dev.stoker.app;

import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "validate", description = "Reports every problem of a config.")
final class ValidateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CONFIG", description = "A .conf file, or a folder of them.")
  private Path config = Path.of("");

  @Override
  public Integer call() throws InterruptedException {
    Logs.quiet();
    LoadResult result = ConfigLoader.load(config);
    if (result instanceof LoadResult.Failed failed) {
      failed.problems().forEach(System.err::println);
      return 1;
    }
    LoadResult.Loaded loaded = (LoadResult.Loaded) result;
    // As the launcher of this machine, or in this container, would plan it.
    long heap =
        MemoryPlan.of(HeapDemand.of(loaded.config()), MemoryPlan.room(), Collector.cpuThreads())
            .heap();
    Stream.concat(
            HeapPlan.fit(loaded, config.toString(), heap).warnings().stream(),
            CredentialCheck.problems(loaded.config()).stream())
        .forEach(warning -> System.err.println("warning: " + warning));
    return 0;
  }
}
