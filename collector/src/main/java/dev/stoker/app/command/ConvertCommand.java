package dev.stoker.app.command;

import dev.stoker.app.log.Logs;
import dev.stoker.config.AlloyFile;
import dev.stoker.config.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Nothing is written unless everything could be translated. */
@Command(name = "convert", description = "Translates a config of Grafana Alloy to HOCON.")
public final class ConvertCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "CONFIG.alloy",
      description = "A config in Alloy's syntax, or a folder of *.alloy; - is standard input.")
  private Path config = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.conf",
      description = "Where to write; standard output without it.")
  private @Nullable Path output;

  @Override
  public Integer call() {
    Logs.quiet();
    ConfigArgument argument = new ConfigArgument();
    AlloyFile.Result result = argument.convert(config);
    result.warnings().forEach(warning -> System.err.println("warning: " + warning.shown()));
    result.notes().forEach(note -> System.err.println("note: " + note));
    result.problems().forEach(problem -> System.err.println(problem.shown()));
    String hocon = result.hocon();
    if (hocon == null || !write(hocon)) {
      return 1;
    }
    // An environment variable may be missing here and be there where the daemon runs.
    if (argument.load(config, false) instanceof LoadResult.Failed failed) {
      failed
          .problems()
          .forEach(problem -> System.err.println("will not load here: " + problem.shown()));
    }
    return 0;
  }

  private boolean write(String hocon) {
    if (output == null) {
      System.out.print(hocon);
      System.out.flush();
      return true;
    }
    try {
      Files.writeString(output, hocon);
      return true;
    } catch (IOException failed) {
      System.err.println(output + " cannot be written: " + failed.getMessage());
      return false;
    }
  }
}
