package dev.stoker.app;

import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "validate", description = "Reports every problem of a config.")
final class ValidateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CONFIG", description = "A .conf file, or a folder of them.")
  private Path config = Path.of("");

  @Override
  public Integer call() {
    LoadResult result = ConfigLoader.load(config);
    if (result instanceof LoadResult.Failed failed) {
      failed.problems().forEach(System.err::println);
      return 1;
    }
    ((LoadResult.Loaded) result).warnings().forEach(w -> System.err.println("warning: " + w));
    return 0;
  }
}
