package dev.stoker.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import dev.stoker.scrape.ScrapeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Loads a config: one file, or a folder of <code>*.conf</code> files. Never throws for what the
 * files hold; reads no system properties and never the network. Blocking file I/O; any thread.
 */
public final class ConfigLoader {
  static final String TOO_LONG =
      "a chain of substitutions or a nesting is too long; make it shorter";

  private static final long MAX_SHOWN = 2L << 20;

  private final Path config;
  private final Map<String, String> env;
  private final Problems problems = new Problems();
  private final SourceFiles files = new SourceFiles(problems);

  private ConfigLoader(Path config, Map<String, String> env) {
    this.config = config;
    this.env = env;
  }

  /** With the environment of this process. */
  public static LoadResult load(Path fileOrFolder) {
    return load(fileOrFolder, Hostname.in(System.getenv()));
  }

  /**
   * @param env what <code>${NAME}</code> falls back to when the config itself has no such path
   */
  public static LoadResult load(Path fileOrFolder, Map<String, String> env) {
    return new ConfigLoader(fileOrFolder, Map.copyOf(env)).load();
  }

  private LoadResult load() {
    try {
      return loadParsed(parse());
    } catch (StackOverflowError endless) {
      problems.error(new Place(config.toString(), 0), "", TOO_LONG);
      return new LoadResult.Failed(problems.errors(), files.sources());
    }
  }

  private LoadResult loadParsed(List<ConfigObject> roots) {
    new Duplicates(files, problems).check(roots);
    if (problems.any()) {
      return new LoadResult.Failed(problems.errors(), files.sources());
    }
    Place whole = new Place(config.toString(), 0);
    TreeReader tree = new TreeReader();
    String shown = "";
    try {
      ConfigObject merged = ConfigFactory.empty().root();
      for (ConfigObject root : roots) {
        merged = root.withFallback(merged);
      }
      Scope scope = new Scope(problems, files, env);
      if (Expansion.isTooLarge(merged, scope, whole)) {
        return new LoadResult.Failed(problems.errors(), files.sources());
      }
      ConfigObject resolved = Substitutions.resolve(merged, env);
      Unresolved.report(resolved, whole, scope);
      tree.read(Node.root(resolved, whole, scope));
      shown =
          Expansion.size(merged, env) > MAX_SHOWN
              ? "# larger than " + (MAX_SHOWN >> 20) + " MiB: not shown"
              : Masked.render(resolved);
    } catch (ConfigException cycle) {
      problems.error(files.place(cycle.origin(), whole), "", Substitutions.message(cycle));
    }
    List<Component> components = tree.components();
    if (!problems.any() || !components.isEmpty()) {
      GraphCheck.check(components, problems);
    }
    if (!problems.any() && components.stream().noneMatch(c -> c.config() instanceof ScrapeConfig)) {
      problems.error(
          whole, "", "nothing to scrape: write at least one pyroscope.scrape.LABEL { … }");
    }
    return problems.any()
        ? new LoadResult.Failed(problems.errors(), files.sources())
        : new LoadResult.Loaded(
            new LoadedConfig(tree.daemon(), components, files.readFiles(), shown),
            problems.warnings(),
            files.sources());
  }

  /** What stands for itself; a file that another one includes does not. */
  private List<ConfigObject> parse() {
    if (!Files.isDirectory(config)) {
      return List.of(files.parse(config));
    }
    List<Path> found = list();
    List<ConfigObject> parsed = found.stream().map(files::parse).toList();
    List<ConfigObject> roots = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      if (!files.isIncluded(found.get(i))) {
        roots.add(parsed.get(i));
      }
    }
    return roots;
  }

  private List<Path> list() {
    Place whole = new Place(config.toString(), 0);
    try {
      List<Path> found = Sources.configs(config);
      files.note(config, Sources.listing(found));
      if (found.isEmpty()) {
        problems.error(whole, "", "the folder holds no *.conf file; name a file, or add one");
      }
      return found;
    } catch (IOException | SecurityException unreadable) {
      files.note(config, Sources.UNREADABLE);
      problems.error(
          whole, "", "cannot be read (" + unreadable.getMessage() + "); check its permissions");
      return List.of();
    }
  }
}
