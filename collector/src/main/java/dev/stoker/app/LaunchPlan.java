package dev.stoker.app;

import dev.stoker.app.flags.RunFlags;
import dev.stoker.app.log.Logs;
import dev.stoker.app.memory.CpuThreads;
import dev.stoker.app.memory.HugePages;
import dev.stoker.app.memory.MemoryPlan;
import dev.stoker.component.HeapDemand;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.config.LoadedConfig;
import dev.stoker.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * The launcher runs this before the daemon's own JVM. It prints the JVM flags that follow from the
 * config, one a line, and names the class data archive when it is not the plain one. It prints
 * nothing for a bad config: <code>run</code> says what is wrong.
 */
final class LaunchPlan {
  /** Options of <code>run</code> that have a value. */
  private static final Set<String> VALUED = Set.of("--listen", "--storage");

  public static void main(String[] args) throws IOException {
    Logs.quiet();
    String source = "";
    String storage = "";
    String[] words = RunFlags.read(Arrays.asList(args)).words().toArray(String[]::new);
    for (int i = 0; i < words.length; i++) {
      if (VALUED.contains(words[i].replaceFirst("=.*", ""))) {
        int equals = words[i].indexOf('=');
        String value =
            equals > 0 ? words[i].substring(equals + 1) : i + 1 < words.length ? words[++i] : "";
        storage = words[equals > 0 ? i : i - 1].startsWith("--storage") ? value : storage;
      } else if (!words[i].startsWith("-")) {
        source = words[i];
      }
    }
    if (source.isEmpty()) {
      return; // help, or wrong usage
    }
    LoadResult result = ConfigLoader.load(Path.of(source));
    if (result instanceof LoadResult.Loaded loaded) {
      Path folder = storage.isEmpty() ? loaded.config().daemon().storage() : Path.of(storage);
      Path temporary = PrivateFiles.folder(folder.resolve("tmp").toAbsolutePath());
      System.out.println("-Djava.io.tmpdir=" + temporary);
      HeapDemand demand = HeapDemand.of(loaded.config().components());
      MemoryPlan plan = MemoryPlan.of(demand, MemoryPlan.room(), CpuThreads.here());
      if (kubernetes(loaded.config())) {
        System.out.println("-Dstoker.archive=kubernetes");
      }
      System.out.println("-Xmx" + (plan.heap() >> 20) + "m");
      plan.young(demand).ifPresent(young -> System.out.println("-Xmn" + (young >> 20) + "m"));
      System.out.println("-XX:MaxDirectMemorySize=" + (plan.direct() >> 20) + "m");
      if (HugePages.offered(HugePages.MODES)) {
        System.out.println("-XX:+UseTransparentHugePages");
      }
    }
  }

  /** Whether components will load the classes for the API of Kubernetes. */
  private static boolean kubernetes(LoadedConfig config) {
    return config.components().stream()
        .anyMatch(component -> component.kind().name().startsWith("discovery.kube"));
  }

  private LaunchPlan() {}
}
