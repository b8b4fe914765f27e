package dev.stoker.app;

import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "run", description = "Runs the daemon until SIGTERM or SIGINT.")
final class RunCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "CONFIG", description = "A .conf file, or a folder of them.")
  private Path config = Path.of("");

  @Option(names = "--listen", paramLabel = "HOST:PORT", description = "Wins over stoker.http.listen.")
  private @Nullable String listen;

  @Option(names = "--storage", paramLabel = "DIR", description = "Wins over stoker.storage.path.")
  private @Nullable Path storage;

  @Override
  public Integer call() throws InterruptedException {
    return 0;
  }
}
