package dev.stoker.config.source;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import dev.stoker.schema.Place;
import dev.stoker.schema.Problems;
import dev.stoker.schema.Texts;
import java.io.File;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Includes of one file. HOCON is silent about a missing file, and would fetch from the network;
 * here the first is a problem and the second refused. Relative names are relative to the including
 * file, also in <code>file(…)</code>.
 */
final class FileIncluder
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  private static final Pattern URL_LIKE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");
  private static final int MAX_STATEMENTS = 200;
  private static final ConfigObject EMPTY = ConfigFactory.empty().root();

  private final SourceFiles files;
  private final SourceFiles.Source source;
  private final Problems problems;
  private int statements;

  FileIncluder(SourceFiles files, SourceFiles.Source source, Problems problems) {
    this.files = files;
    this.source = source;
    this.problems = problems;
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    if (URL_LIKE.matcher(what).matches()) {
      return refuse(what, "a config never fetches from the network; include a local file");
    }
    return local(what);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return local(what.getPath());
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    return refuse(what.toString(), "a config never fetches from the network; include a local file");
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    return refuse(what, "there is no classpath to include from; include a local file");
  }

  private ConfigObject local(String what) {
    if (++statements > MAX_STATEMENTS) {
      problems.error(
          source.place(0), "", "more than " + MAX_STATEMENTS + " includes; include fewer files");
      return EMPTY;
    }
    Place statement = statement(what);
    try {
      for (String suffix : List.of("", ".conf", ".json")) {
        Path file = source.shown().resolveSibling(what + suffix).normalize();
        if (Files.isRegularFile(file)) {
          return files.parseIncluded(file, source, statement);
        }
        files.note(file, Files.notExists(file) ? Sources.MISSING : Sources.NO_FILE);
      }
    } catch (InvalidPathException noPath) {
      return refuse(what, "this is no file name");
    }
    problems.error(
        statement,
        "",
        "included file \""
            + Texts.excerpt(what)
            + "\" does not exist; the name is relative to the file that includes it");
    return EMPTY;
  }

  private ConfigObject refuse(String what, String why) {
    problems.error(statement(what), "", "cannot include \"" + Texts.excerpt(what) + "\": " + why);
    return EMPTY;
  }

  /** The parser does not say where it is, so the statement is looked up in the text. */
  private Place statement(String what) {
    Pattern include = Pattern.compile("(?:^|[\\s{,}])include\\b.*" + Pattern.quote(what));
    int line = 0;
    for (String text : source.text().lines().toList()) {
      line++;
      if (!text.isBlank() && !text.strip().startsWith("#") && include.matcher(text).find()) {
        return source.place(line);
      }
    }
    return source.place(0);
  }
}
