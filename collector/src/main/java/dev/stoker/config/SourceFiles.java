package dev.stoker.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the text: one file, or the *.conf files of a folder. HOCON is silent about a missing
 * include; here it is an error, as are circles. Never reads from the network.
 */
final class SourceFiles {
  private static final long MAX_BYTES = 8 << 20;
  private static final int MAX_DEPTH = 50;

  private final Problems problems;
  private final Deque<Path> open = new ArrayDeque<>();
  private final Set<Path> included = new HashSet<>();

  SourceFiles(Problems problems) {
    this.problems = problems;
  }

  /** File → its unresolved content; files that others include are not listed for themselves. */
  Map<Path, Config> read(Path source) {
    Map<Path, Config> parsed = new LinkedHashMap<>();
    for (Path file : files(source)) {
      parsed.put(file, parse(file));
    }
    parsed.keySet().removeIf(file -> included.contains(identity(file)));
    return parsed;
  }

  private List<Path> files(Path source) {
    if (!Files.exists(source)) {
      fileProblem(source, "does not exist; give a .conf file, or a folder of them");
      return List.of();
    }
    if (!Files.isDirectory(source)) {
      return List.of(source);
    }
    try (Stream<Path> entries = Files.list(source)) {
      List<Path> files =
          entries
              .filter(file -> file.getFileName().toString().endsWith(".conf"))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
      if (files.isEmpty()) {
        fileProblem(source, "holds no *.conf file");
      }
      return files;
    } catch (IOException unreadable) {
      fileProblem(source, "cannot be listed: " + unreadable.getMessage());
      return List.of();
    }
  }

  private Config parse(Path file) {
    Config empty = ConfigFactory.empty();
    if (!readable(file)) {
      return empty;
    }
    open.push(identity(file));
    try {
      return ConfigFactory.parseFile(
          file.toFile(),
          ConfigParseOptions.defaults()
              .setAllowMissing(false)
              .setSyntax(ConfigSyntax.CONF)
              .setIncluder(new Includes()));
    } catch (ConfigException bad) {
      problems.error(problem(file, bad));
      return empty;
    } catch (StackOverflowError deep) {
      fileProblem(file, "is nested too deeply");
      return empty;
    } finally {
      open.pop();
    }
  }

  private boolean readable(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        fileProblem(file, "is larger than 8 MiB; is it a config?");
        return false;
      }
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        fileProblem(file, "cannot be read; check its permissions");
        return false;
      }
      return true;
    } catch (IOException gone) {
      fileProblem(file, "cannot be read: " + gone.getMessage());
      return false;
    }
  }

  static Problem problem(Path file, ConfigException bad) {
    String message = String.valueOf(bad.getMessage());
    int line = 0;
    String name = file.toString();
    if (bad.origin() != null) {
      line = Math.max(0, bad.origin().lineNumber());
      name = Problems.file(bad.origin());
      message = message.replace(bad.origin().description() + ": ", "");
    }
    return new Problem(name, line, "", "is no HOCON here: " + message.replaceAll("\\s+", " "));
  }

  private void fileProblem(Path file, String message) {
    problems.error(new Problem(file.toString(), 0, "", message));
  }

  private static Path identity(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /** Where the include stands: Typesafe Config does not say, so the line is looked up. */
  private void includeProblem(String what, String message) {
    Path file = open.getFirst();
    int line = 0;
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(file));
      for (int i = lines.size(); i > 0; i--) {
        if (lines.get(i - 1).contains("include") && lines.get(i - 1).contains(what)) {
          line = i;
        }
      }
    } catch (IOException unreadable) {
      line = 0;
    }
    problems.error(new Problem(file.toString(), line, "", "include \"" + what + "\" " + message));
  }

  /** Every way to include, so that none is silent. */
  private final class Includes
      implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
      return this;
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
      return file(what);
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
      return file(what.getPath());
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
      includeProblem(what.toString(), "is not allowed: a config is read from files only");
      return ConfigFactory.empty().root();
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
      includeProblem(what, "is not allowed: a config is read from files only");
      return ConfigFactory.empty().root();
    }

    private ConfigObject file(String what) {
      Path base = open.getFirst().getParent();
      Path file = identity((base == null ? Path.of("") : base).resolve(what));
      if (!Files.isRegularFile(file) && Files.isRegularFile(Path.of(file + ".conf"))) {
        file = Path.of(file + ".conf");
      }
      if (!Files.isRegularFile(file)) {
        includeProblem(
            what, "names no file; looked for " + file.getFileName() + " beside this one");
        return ConfigFactory.empty().root();
      }
      if (open.contains(file) || open.size() > MAX_DEPTH) {
        includeProblem(what, "goes round in a circle");
        return ConfigFactory.empty().root();
      }
      included.add(file);
      return parse(file).root();
    }
  }
}
