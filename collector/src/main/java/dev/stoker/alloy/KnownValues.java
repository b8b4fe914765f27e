package dev.stoker.alloy;

import dev.stoker.alloy.eval.Evaluator;
import dev.stoker.alloy.eval.Variables;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Text;
import dev.stoker.schema.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Knows what expressions of a config may name: its files, environment variables and modules. */
final class KnownValues implements Evaluator.Surroundings {
  private final Translator.Files files;
  private final Report report;
  private final LocalFiles localFiles;
  private final Evaluator evaluator = new Evaluator(this);
  private final Map<String, Block> fileBlocks = new HashMap<>();
  private final Set<String> imported = new HashSet<>();
  private final Map<String, List<Text>> variables = new HashMap<>();
  private final List<String> newVariables = new ArrayList<>();
  private String modulePath;
  private Supplier<String> argument = () -> "";
  private Function<String, @Nullable String> missing = path -> null;

  KnownValues(Translator.Files files, Report report) {
    this.files = files;
    this.report = report;
    this.localFiles = new LocalFiles(files, report);
    this.modulePath = files.folder();
  }

  Evaluator evaluator() {
    return evaluator;
  }

  /** Variables are named by the argument that is being worked on. */
  void nameVariables(Supplier<String> argumentName) {
    argument = argumentName;
  }

  /** Imports may name the content of these statements' files. */
  void forImports(List<Statement> statements) {
    for (Statement statement : statements) {
      if (statement instanceof Block block && block.name().equals("local.file")) {
        fileBlocks.putIfAbsent(block.label(), block);
      }
    }
  }

  /** Components may name what is not left out. */
  void forComponents(
      List<Statement> statements,
      UntranslatedBlocks foreign,
      Function<String, @Nullable String> missing) {
    this.missing = missing;
    fileBlocks.clear();
    for (Statement statement : statements) {
      if (statement instanceof Block block
          && block.name().equals("local.file")
          && !isImported(block)
          && foreign.leftOut(block).isEmpty()) {
        localFiles.add(block);
      }
    }
  }

  /** Says whether a <code>local.file</code> is what an import reads. */
  boolean isImported(Block block) {
    return imported.contains(block.id());
  }

  /** The value of an expression of a module. */
  Value evaluate(Expr expr, String path) throws AlloyError {
    String before = modulePath;
    modulePath = path;
    try {
      return evaluator.evaluate(expr);
    } finally {
      modulePath = before;
    }
  }

  /** Lines that define the variables that were asked for since the last call. */
  List<String> newVariables() {
    List<String> lines = List.copyOf(newVariables);
    newVariables.clear();
    return lines;
  }

  @Override
  public Evaluator.@Nullable LocalFile localFile(String label) {
    Block block = fileBlocks.get(label);
    if (block != null && imported.add(block.id())) {
      localFiles.add(block);
    }
    return localFiles.get(label);
  }

  @Override
  public String modulePath() {
    return modulePath;
  }

  @Override
  public @Nullable String missing(String path) {
    return missing.apply(path);
  }

  @Override
  public void note(int line, String message) {
    report.note(line, "", message);
  }

  @Override
  public String read(Text file, int line) throws AlloyError {
    return localFiles.read(Variables.text(file, this), line);
  }

  @Override
  public @Nullable String environment(String path) {
    Map<String, String> env = files.environment();
    List<Text> alternatives = variables.get(path);
    if (env == null || alternatives == null) {
      return env == null ? null : env.getOrDefault(path, "");
    }
    for (Text each : alternatives) {
      Text known = Variables.text(each, this);
      if (!known.isPlain()) {
        return null;
      }
      if (!known.plain().isEmpty()) {
        return known.plain();
      }
    }
    return "";
  }

  @Override
  public Optional<String> nearest(String name, Set<String> known) {
    return Names.nearest(name, known);
  }

  @Override
  public String variable(List<Text> alternatives) {
    String name = argument.get();
    for (int i = 2; variables.putIfAbsent("vars." + name, alternatives) != null; i++) {
      name = argument.get() + "_" + i;
    }
    for (int i = alternatives.size() - 1; i >= 0; i--) {
      newVariables.add("vars." + name + " = " + HoconText.text(alternatives.get(i)));
    }
    return "vars." + name;
  }
}
