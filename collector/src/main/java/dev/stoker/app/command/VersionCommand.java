package dev.stoker.app.command;

import dev.stoker.app.run.Version;
import dev.stoker.codec.Codecs;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Prints the version.")
public final class VersionCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.println(Version.line());
    System.out.println("Codecs: " + Codecs.best().line() + ".");
    return 0;
  }
}
