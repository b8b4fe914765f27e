package dev.stoker.discovery.file;

import dev.stoker.component.AlloyCounterpart;
import dev.stoker.component.DiscoveryKind;
import dev.stoker.component.Preparation;
import dev.stoker.discovery.Discoverer;
import dev.stoker.schema.Args;
import dev.stoker.schema.Converter;
import dev.stoker.schema.Node;
import dev.stoker.schema.Quantities;
import dev.stoker.schema.Scalars;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** <code>discovery.file</code>; names and defaults are Alloy's. */
public final class FileKind implements DiscoveryKind<FileConfig> {
  @Override
  public String name() {
    return "discovery.file";
  }

  @Override
  public AlloyCounterpart alloy() {
    return AlloyCounterpart.SAME;
  }

  @Override
  public FileConfig read(String id, Args args) {
    FileConfig config =
        new FileConfig(
            id,
            args.require(
                "files",
                List.of(),
                "files = [ \"targets/*.json\" ]",
                Converter.of("list of file patterns", FileKind::files)),
            args.get("refresh_interval", Duration.ofMinutes(5), Quantities.refreshInterval()));
    args.finish();
    return config;
  }

  private static @Nullable List<String> files(Node node) {
    List<String> files = Scalars.texts().convert(node);
    if (files == null) {
      return null;
    }
    for (Node element : node.elements()) {
      String file = element.scalar().orElse("");
      int slash = file.lastIndexOf('/');
      if (file.substring(0, Math.max(0, slash)).indexOf('*') >= 0) {
        element.error("has a * in a folder's name; it may stand in the last part only");
      } else if (!file.matches(".*\\.(json|yml|yaml)")) {
        element.error("must end in .json, .yml or .yaml");
      }
    }
    if (files.isEmpty()) {
      node.error("is empty; name at least one file");
    }
    return files;
  }

  @Override
  public List<Look> look(FileConfig config) {
    return config.files().stream()
        .filter(FileDiscoverer::matchesNone)
        .map(
            pattern ->
                new Look(
                    "files",
                    "here is no file "
                        + pattern
                        + " now; check the path, or let something write it: its targets come when it"
                        + " is there"))
        .toList();
  }

  @Override
  public Discoverer discoverer(Preparation<FileConfig> with) {
    return FileDiscoverer.create(with.config(), with.services().vertx(), with.services().timers());
  }
}
