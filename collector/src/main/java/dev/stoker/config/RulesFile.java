package dev.stoker.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import dev.stoker.config.source.SourceFiles;
import dev.stoker.relabel.RelabelRule;
import dev.stoker.relabel.schema.RuleReader;
import dev.stoker.schema.Args;
import dev.stoker.schema.Node;
import dev.stoker.schema.Place;
import dev.stoker.schema.Problem;
import dev.stoker.schema.Problems;
import dev.stoker.schema.Scope;
import dev.stoker.schema.Unresolved;
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
    Place whole = new Place(file.toString(), 0);
    Scope scope = new Scope(problems, files, env);
    try {
      ConfigObject parsed = files.parse(file);
      if (!problems.any() && Expansion.isTooLarge(parsed, scope, whole, files.totalBytes())) {
        return failed(files, problems);
      }
      return read(Substitutions.resolve(parsed, env), whole, scope, files);
    } catch (ConfigException cycle) {
      problems.error(files.place(cycle.origin(), whole), "", Substitutions.message(cycle));
    } catch (StackOverflowError endless) {
      problems.error(whole, "", ConfigLoader.TOO_LONG);
    }
    return failed(files, problems);
  }

  /**
   * Parses a text from somewhere else: it may include no file, see no environment, and substitute
   * nothing, since a small text of substitutions can stand for any amount of memory.
   */
  public static Result parse(String text) {
    Problems problems = new Problems();
    SourceFiles files = new SourceFiles(problems);
    Place whole = new Place("rules", 0);
    Scope scope = new Scope(problems, files, Map.of());
    try {
      ConfigObject parsed = files.parseText(text);
      Unresolved.refuse(
          parsed, whole, scope, "no ${…} and no += can be used here; write the value out");
      return read(parsed, whole, scope, files);
    } catch (StackOverflowError endless) {
      problems.error(whole, "", ConfigLoader.TOO_LONG);
      return failed(files, problems);
    }
  }

  private static Result failed(SourceFiles files, Problems problems) {
    return new Result(List.of(), files.places(problems.errors()));
  }

  private static Result read(ConfigObject resolved, Place whole, Scope scope, SourceFiles files) {
    Problems problems = scope.problems();
    if (problems.any()) {
      return failed(files, problems);
    }
    Unresolved.report(resolved, whole, scope);
    Args args = new Args(Node.root(resolved, whole, scope));
    List<RelabelRule> rules =
        args.require("rules", List.<RelabelRule>of(), "rules = [ { … } ]", RuleReader.list());
    args.finish();
    return problems.any() ? failed(files, problems) : new Result(rules, List.of());
  }
}
