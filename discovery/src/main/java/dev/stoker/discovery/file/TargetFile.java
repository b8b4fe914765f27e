package dev.stoker.discovery.file;

import dev.stoker.discovery.TargetDocument;
import dev.stoker.discovery.TargetGroup;
import dev.stoker.files.TextFile;
import dev.stoker.http.failure.FailureMessages;
import dev.stoker.labels.Labels;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads one file. JSON is YAML, so one parser does for both; it makes plain maps and lists only.
 */
final class TargetFile {
  private static final int MAX_BYTES = 16 << 20;
  private static final int MAX_ALIASES = 50;
  private static final int MAX_DEPTH = 20;

  private TargetFile() {}

  /**
   * Blocking.
   *
   * @throws IOException names the file and what is wrong with it
   */
  static List<TargetGroup> read(Path file) throws IOException {
    try {
      String text = TextFile.read(file, MAX_BYTES);
      boolean json = file.toString().endsWith(".json");
      Object parsed = json ? new JsonArray(text).getList() : yaml().load(text);
      Labels common = Labels.of("__meta_filepath", file.toString());
      return parsed == null ? List.of() : TargetDocument.groups(parsed, file.toString(), common);
    } catch (DecodeException malformed) {
      throw new IOException(
          file + ": is no JSON list" + FailureMessages.ofJson(malformed), malformed);
    } catch (YAMLException | ClassCastException | TargetDocument.Malformed malformed) {
      throw new IOException(
          file + ": " + firstLine(String.valueOf(malformed.getMessage())), malformed);
    } catch (IOException unreadable) {
      throw new IOException(
          file + " cannot be read: " + FailureMessages.ofFile(unreadable), unreadable);
    }
  }

  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(MAX_BYTES);
    options.setAllowDuplicateKeys(false);
    DumperOptions unused = new DumperOptions();
    return new Yaml(
        new SafeConstructor(options), new Representer(unused), unused, options, new TextsOnly());
  }

  /** Labels are texts: 1.10 must not become 1.1, nor "no" false. */
  private static final class TextsOnly extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      // none: every plain scalar stays a text
    }
  }

  private static String firstLine(String message) {
    String line = message.replaceAll("\\s+", " ").strip();
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }
}
