package dev.stoker.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import dev.stoker.relabel.RelabelRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A file that holds <code>rules = [ … ]</code> and nothing else, for <code>stoker relabel</code>.
 */
public final class RulesFile {
  /** One of the two is empty. */
  public record Result(List<RelabelRule> rules, List<Problem> problems) {
    public Result {
      rules = List.copyOf(rules);
      problems = List.copyOf(problems);
    }
  }

  private RulesFile() {}

  /**
   * @param env what <code>${NAME}</code> falls back to
   */
  public static Result load(Path file, Map<String, String> env) {
    Problems problems = new Problems();
    SourceFiles files = new SourceFiles(problems);
    return read(files.parse(file), new Place(file.toString(), 0), env, files, problems);
  }

  /** The same for a text from somewhere else: it may include no file and see no environment. */
  public static Result parse(String text) {
    Problems problems = new Problems();
    SourceFiles files = new SourceFiles(problems);
    return read(files.parseText(text), new Place("rules", 0), Map.of(), files, problems);
  }

  private static Result read(
      ConfigObject parsed,
      Place whole,
      Map<String, String> env,
      SourceFiles files,
      Problems problems) {
    if (problems.any()) {
      return new Result(List.of(), problems.errors());
    }
    List<RelabelRule> rules = List.of();
    try {
      ConfigObject resolved = Substitutions.resolve(parsed, env);
      Scope scope = new Scope(problems, files, env);
      Unresolved.report(resolved, whole, scope);
      Args args = new Args(Node.root(resolved, whole, scope));
      rules =
          args.require("rules", List.<RelabelRule>of(), "rules = [ { … } ]", RelabelReader::list);
      args.finish();
    } catch (ConfigException cycle) {
      problems.error(files.place(cycle.origin(), whole), "", Substitutions.message(cycle));
    }
    return problems.any() ? new Result(List.of(), problems.errors()) : new Result(rules, List.of());
  }
}
