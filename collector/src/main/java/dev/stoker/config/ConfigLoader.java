package dev.stoker.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Loads a config: a file, or a folder of *.conf. Pure but for reading the files and, for
 * substitutions, the environment. Never throws for bad input.
 */
public final class ConfigLoader {
  private ConfigLoader() {}

  public static LoadResult load(Path source) {
    Problems problems = new Problems();
    Map<Path, Config> files = new SourceFiles(problems).read(source);
    reportTwins(files, problems);
    Config merged = ConfigFactory.empty();
    for (Config file : files.values()) {
      merged = merged.withFallback(file);
    }
    Config resolved = resolve(merged, source, problems);
    if (resolved == null) {
      return new LoadResult.Failed(problems.errors());
    }
    LoadedConfig config = new ComponentReader(problems).read(resolved.root());
    return problems.none()
        ? new LoadResult.Loaded(config, problems.warnings())
        : new LoadResult.Failed(problems.errors());
  }

  private static @org.jspecify.annotations.Nullable Config resolve(
      Config merged, Path source, Problems problems) {
    try {
      return merged.resolve();
    } catch (ConfigException bad) {
      Problem problem = SourceFiles.problem(source, bad);
      problems.error(
          new Problem(
              problem.file(),
              problem.line(),
              "",
              problem.message().replace("is no HOCON here: ", "cannot be resolved: ")
                  + "; set the variable, or write ${?NAME} for an optional one"));
    } catch (StackOverflowError deep) {
      problems.error(new Problem(source.toString(), 0, "", "is nested too deeply"));
    }
    return null;
  }

  /** HOCON would merge them; across files that is most likely a mistake. */
  private static void reportTwins(Map<Path, Config> files, Problems problems) {
    Map<String, ConfigOrigin> seen = new HashMap<>();
    for (Config file : files.values()) {
      for (List<String> kind : ComponentReader.KINDS) {
        ConfigObject labels = child(child(file.root(), kind.get(0)), kind.get(1));
        for (String label : labels.keySet()) {
          ConfigOrigin here = labels.get(label).origin();
          String id = kind.get(0) + "." + kind.get(1) + "." + label;
          ConfigOrigin first = seen.putIfAbsent(id, here);
          if (first != null) {
            problems.error(
                here,
                id,
                "is defined in "
                    + Problems.file(first)
                    + ":"
                    + first.lineNumber()
                    + " too; rename one, or put both parts into one file");
          }
        }
      }
    }
  }

  private static ConfigObject child(ConfigObject object, String key) {
    try {
      ConfigValue value = object.get(key);
      if (value instanceof ConfigObject found) {
        int unused = found.size();
        return found;
      }
    } catch (ConfigException.NotResolved substitutionsFirst) {
      // a component that is made by a substitution is checked after resolving
    }
    return ConfigFactory.empty().root();
  }
}
