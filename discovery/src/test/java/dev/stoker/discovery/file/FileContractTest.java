package dev.stoker.discovery.file;

import dev.stoker.discovery.Discoverer;
import dev.stoker.discovery.DiscovererContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

final class FileContractTest extends DiscovererContract {
  @TempDir Path folder;

  @Override
  protected Discoverer discoverer() {
    return FileDiscoverer.create(
        new FileConfig("discovery.file.f", List.of(folder + "/*.yaml"), SOON), vertx, timers);
  }

  @Override
  protected void works(int targets) throws IOException {
    write("- targets: " + each(targets, i -> "h:" + i) + "\n");
  }

  @Override
  protected void fails() throws IOException {
    write("targets: { [");
  }

  private void write(String text) throws IOException {
    Files.writeString(folder.resolve("t.yaml"), text);
  }
}
