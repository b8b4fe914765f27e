package dev.stoker.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import dev.stoker.component.Component;
import dev.stoker.config.source.AlloySource;
import dev.stoker.config.source.LeftOutBlock;
import dev.stoker.config.source.SourceFiles;
import dev.stoker.config.source.Sources;
import dev.stoker.config.text.Masked;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.schema.Node;
import dev.stoker.schema.Place;
import dev.stoker.schema.Problems;
import dev.stoker.schema.Scope;
import dev.stoker.schema.Unresolved;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Loads a config: one file, or a folder of <code>*.conf</code> files, or without such of <code>
 * *.alloy</code> files, which are one config as they are for Alloy. Never throws for what the files
 * hold; reads no system properties and never the network. Blocking file I/O; any thread.
 */
public final class ConfigLoader {
  static final String TOO_LONG =
      "a chain of substitutions or a nesting is too long; make it shorter";

  private static final long MAX_SHOWN = 2L << 20;

  private final Path config;
  private final Map<String, String> env;
  private final Problems problems = new Problems();
  private final SourceFiles files;

  private ConfigLoader(Path config, Map<String, String> env, boolean strict) {
    this.config = config;
    this.env = env;
    this.files = new SourceFiles(problems, strict, env);
  }

  /** Loads a config with the environment of this process. */
  public static LoadResult load(Path fileOrFolder) {
    return load(fileOrFolder, Hostname.in(System.getenv()));
  }

  /**
   * @param env what <code>${NAME}</code> falls back to when the config itself has no such path
   */
  public static LoadResult load(Path fileOrFolder, Map<String, String> env) {
    return new ConfigLoader(fileOrFolder, Map.copyOf(env), false).load();
  }

  /**
   * @param strict of an Alloy config, a block that would be left out is an error
   */
  public static LoadResult load(Path fileOrFolder, boolean strict) {
    return new ConfigLoader(fileOrFolder, Hostname.in(System.getenv()), strict).load();
  }

  /**
   * A config that is no file, such as what has come by standard input.
   *
   * @param name for messages
   */
  public static LoadResult loadText(Path name, byte[] text) {
    ConfigLoader loader = new ConfigLoader(name, Hostname.in(System.getenv()), false);
    loader.files.give(name, text);
    return loader.load();
  }

  private LoadResult load() {
    try {
      return loadParsed(parse());
    } catch (StackOverflowError endless) {
      problems.error(new Place(config.toString(), 0), "", TOO_LONG);
      return failed();
    }
  }

  private LoadResult loadParsed(List<ConfigObject> roots) {
    new DuplicatesAcrossFiles(files, problems).check(roots);
    if (problems.any()) {
      return failed();
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
      if (Expansion.isTooLarge(merged, scope, whole, files.totalBytes())) {
        return failed();
      }
      ConfigObject resolved = Substitutions.resolve(merged, env);
      Unresolved.report(resolved, whole, scope);
      tree.read(Node.root(resolved, whole, scope.of(merged)));
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
    if (!problems.any() && components.stream().allMatch(ConfigLoader::isOnlyUsed)) {
      problems.error(whole, "", "nothing to scrape: " + toScrape());
    }
    return problems.any()
        ? failed()
        : new LoadResult.Loaded(
            new LoadedConfig(tree.daemon(), components, files.leftOut(), files.readFiles(), shown),
            files.places(problems.warnings()),
            files.places(problems.notes()),
            files.sources());
  }

  /** Exports something, so it does nothing unless another one refers to it. */
  private static boolean isOnlyUsed(Component component) {
    return !component.exports().isEmpty();
  }

  private LoadResult.Failed failed() {
    return new LoadResult.Failed(files.places(problems.errors()), files.sources());
  }

  private String toScrape() {
    List<String> leftOut = files.leftOut().stream().map(LeftOutBlock::id).limit(5).toList();
    return leftOut.isEmpty()
        ? "write at least one pyroscope.scrape.LABEL { … }"
        : String.join(", ", leftOut)
            + (files.leftOut().size() > leftOut.size() ? " and others are" : " is")
            + " left out, which Stoker has no counterpart of, and there is no pyroscope.scrape; write one";
  }

  /** Parses the files that stand for themselves. A file that another one includes does not. */
  private List<ConfigObject> parse() {
    if (!Files.isDirectory(config)) {
      return List.of(files.parse(config));
    }
    List<Path> found = list();
    if (!found.isEmpty() && AlloySource.isNamedSo(found.get(0))) {
      return List.of(files.parseAlloy(found));
    }
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
      files.note(config, Sources.state(config));
      if (found.stream().noneMatch(AlloySource::isNamedSo)) {
        long others = Sources.alloyConfigs(config).size();
        if (!found.isEmpty() && others > 0) {
          problems.note(
              whole,
              "",
              "its *.alloy files ("
                  + others
                  + ") are not read, since there are *.conf files; name a file to read it");
        }
      }
      if (found.isEmpty()) {
        problems.error(
            whole,
            "",
            "the folder holds no *.conf file and no *.alloy file; name a file, or add one");
      }
      return found;
    } catch (IOException | SecurityException unreadable) {
      files.note(config, Sources.UNREADABLE);
      problems.error(
          whole,
          "",
          "cannot be read (" + FailureMessages.ofFile(unreadable) + "); check its permissions");
      return List.of();
    }
  }
}
