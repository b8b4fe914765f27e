package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Paths;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Item;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Works out expressions as far as they are known: environment variables stay substitutions, exports
 * of components stay references.
 */
public final class Evaluator {
  /** The config around the expression: its files, and a place for fallbacks. */
  public interface Surroundings {
    /** The <code>local.file</code> of that label; null = there is none. */
    @Nullable LocalFile localFile(String label);

    /** Returns the content of a file. */
    String read(Text file, int line) throws AlloyError;

    /**
     * Says what is wrong with a reference to a block that is not translated. Null means that the
     * block is translated, or that the path is no reference.
     */
    @Nullable String missing(String path);

    /** The folder of the module in which the expression stands. */
    default String modulePath() {
      return ".";
    }

    /** Notes a thing that is fine, but perhaps not meant. */
    void note(int line, String message);

    /**
     * A variable with alternatives, the strongest first.
     *
     * @return its path
     */
    String variable(List<Text> alternatives);

    /**
     * The value of an environment variable, or of a path that {@link #variable} gave. Null = not
     * known here, because the config is written down and runs elsewhere.
     */
    default @Nullable String environment(String path) {
      return null;
    }

    /** The known name that a wrong one may have been meant as. */
    default Optional<String> nearest(String name, Set<String> known) {
      return Optional.empty();
    }
  }

  private final Surroundings surroundings;
  private final EvaluationBudget budget = new EvaluationBudget();
  private final Map<String, Value> contents = new HashMap<>();
  private final Set<String> open = new HashSet<>();

  public Evaluator(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  public Value evaluate(Expr expr) throws AlloyError {
    if (expr instanceof Expr.Literal literal) {
      return literal.value();
    }
    if (expr instanceof Expr.ListOf list) {
      return list(list);
    }
    if (expr instanceof Expr.ObjectOf object) {
      return object(object);
    }
    if (expr instanceof Expr.Chain chain) {
      return chain(chain);
    }
    if (expr instanceof Expr.Unary unary) {
      return unary(unary);
    }
    if (expr instanceof Expr.Operations operations) {
      Value result = known(evaluate(operations.first()), expr.line());
      for (Expr.Operation operation : operations.rest()) {
        int line = operation.operand().line();
        Value operand = known(evaluate(operation.operand()), expr.line());
        if (!operation.sign().equals("+")) {
          result = Variables.filledIn(result, surroundings);
          operand = Variables.filledIn(operand, surroundings);
        }
        result = budget.charge(Operators.apply(result, operation.sign(), operand, line), line);
      }
      return result;
    }
    String name = ((Expr.Name) expr).name();
    if (name.equals("module_path")) {
      return Text.of(surroundings.modulePath());
    }
    throw new AlloyError(
        expr.line(), "the name " + name + " means nothing here; write a string \"" + name + "\"?");
  }

  /** Reads a file's content where it is a part of something: then no argument can name the file. */
  public Value known(Value value, int line) throws AlloyError {
    if (!(value instanceof Value.Content content)) {
      return value;
    }
    if (content.secret()) {
      throw new AlloyError(
          line,
          "the content of a secret file is not written out; use it as a whole for a password, a"
              + " token or a key, which Stoker reads from the file");
    }
    return budget.charge(text(content.file(), line), line);
  }

  private Text text(Text file, int line) throws AlloyError {
    String text = surroundings.read(file, line);
    if (text.length() > Texts.MAX_LENGTH) {
      throw Texts.tooLong(line);
    }
    return Text.of(text);
  }

  private Value list(Expr.ListOf list) throws AlloyError {
    List<Item> items = new ArrayList<>();
    for (Expr.Element element : list.elements()) {
      items.add(
          new Item(
              known(evaluate(element.value()), element.value().line()),
              element.comments(),
              element.value().line()));
    }
    return new Value.Items(items, list.leftover());
  }

  private Value object(Expr.ObjectOf object) throws AlloyError {
    Map<String, Value.Entry> entries = new LinkedHashMap<>();
    for (Expr.Field field : object.fields()) {
      if (entries.containsKey(field.name())) {
        surroundings.note(
            field.line(), "\"" + field.name() + "\" is given twice; the last one counts");
      }
      Item item =
          new Item(
              known(evaluate(field.value().value()), field.line()),
              field.value().comments(),
              field.line());
      entries.put(field.name(), new Value.Entry(field.name(), item));
    }
    return new Value.Entries(List.copyOf(entries.values()), object.leftover());
  }

  private Value unary(Expr.Unary unary) throws AlloyError {
    Value operand = evaluate(unary.operand());
    if (unary.sign().equals("-") && operand instanceof Value.Num num) {
      return new Value.Num(-num.number(), num.whole());
    }
    if (unary.sign().equals("!") && operand instanceof Value.Bool bool) {
      return new Value.Bool(!bool.value());
    }
    throw new AlloyError(
        unary.line(), "the operator " + unary.sign() + " does not take " + operand.describe());
  }

  private Value chain(Expr.Chain chain) throws AlloyError {
    int used = 0;
    StringBuilder path = new StringBuilder();
    Value value;
    if (chain.base() instanceof Expr.Name name) {
      path.append(name.name());
      while (used < chain.steps().size() && !Paths.key(chain.steps().get(used)).isEmpty()) {
        path.append('.').append(Paths.key(chain.steps().get(used)));
        used++;
      }
      if (used < chain.steps().size() && chain.steps().get(used) instanceof Expr.Step.Call call) {
        used++;
        value = call(path.toString(), call, chain.line());
      } else {
        value = named(path.toString(), chain.line());
      }
    } else {
      value = evaluate(chain.base());
    }
    for (; used < chain.steps().size(); used++) {
      value = step(value, chain.steps().get(used), chain.line());
    }
    return value;
  }

  private Value call(String name, Expr.Step.Call call, int line) throws AlloyError {
    List<Value> arguments = new ArrayList<>();
    for (Expr argument : call.arguments()) {
      Value value = evaluate(argument);
      arguments.add(Functions.isTransparent(name) ? value : known(value, line));
    }
    return budget.charge(new Functions(surroundings, line).call(name, arguments), line);
  }

  private Value named(String path, int line) throws AlloyError {
    String[] parts = path.split("\\.", -1);
    String missing = surroundings.missing(path);
    if (missing != null) {
      throw new AlloyError(line, missing);
    }
    switch (path) {
      case "constants.hostname" -> {
        return Text.substitution("HOSTNAME");
      }
      case "constants.os" -> {
        return Text.of("linux");
      }
      case "constants.arch" -> {
        String arch = System.getProperty("os.arch", "");
        return Text.of(arch.equals("aarch64") ? "arm64" : arch);
      }
      default -> {}
    }
    if (path.startsWith("local.file.") && parts.length == 4 && parts[3].equals("content")) {
      return content(parts[2], line);
    }
    boolean export =
        parts.length == 4 && List.of("targets", "output", "receiver").contains(parts[3]);
    if (export && List.of("discovery", "pyroscope", "stoker").contains(parts[0])) {
      return new Value.Reference(path);
    }
    throw new AlloyError(
        line,
        path
            + " is not known here; references may be to local.file.LABEL.content, and to targets,"
            + " output or receiver of a discovery or pyroscope component");
  }

  private Value content(String label, int line) throws AlloyError {
    LocalFile file = surroundings.localFile(label);
    if (file == null) {
      throw new AlloyError(line, "there is no local.file \"" + label + "\" in this file");
    }
    Value known = contents.get(label);
    if (known != null) {
      return known;
    }
    if (!open.add(label)) {
      throw new AlloyError(line, "local.file \"" + label + "\" needs its own content");
    }
    try {
      if (open.size() > EvaluationBudget.MAX_FILE_DEPTH) {
        throw new AlloyError(
            line,
            "local.file \""
                + label
                + "\" is at the end of a chain of more than "
                + EvaluationBudget.MAX_FILE_DEPTH
                + " files that name each other; write its name where it is needed");
      }
      Value name = evaluate(file.filename());
      if (name instanceof Value.Content other) {
        name = text(other.file(), line);
      }
      if (name instanceof Text text && !text.parts().isEmpty()) {
        Value content = new Value.Content(text, file.secret());
        contents.put(label, content);
        return content;
      }
      throw new AlloyError(
          file.filename().line(), "filename must be a path, but is " + name.describe());
    } finally {
      open.remove(label);
    }
  }

  private Value step(Value value, Expr.Step step, int line) throws AlloyError {
    if (step instanceof Expr.Step.Index index) {
      Value at = evaluate(index.at());
      if (value instanceof Value.Items items && at instanceof Value.Num num) {
        double number = num.number();
        if (number >= 0 && number < items.items().size() && number == Math.rint(number)) {
          return items.items().get((int) number).value();
        }
        throw new AlloyError(line, "the list has no element " + Numbers.show(number));
      }
      if (value instanceof Value.Entries entries) {
        return field(
            entries, Texts.plain(Variables.filledIn(at, surroundings), "a key", line), line);
      }
    } else if (step instanceof Expr.Step.Access access && value instanceof Value.Entries entries) {
      return field(entries, access.name(), line);
    }
    throw new AlloyError(line, "nothing can be picked out of " + value.describe() + " here");
  }

  private static Value field(Value.Entries entries, String key, int line) throws AlloyError {
    return entries.entries().stream()
        .filter(entry -> entry.key().equals(key))
        .map(entry -> entry.item().value())
        .findFirst()
        .orElseThrow(() -> new AlloyError(line, "the object has no key \"" + key + "\""));
  }

  /** A <code>local.file</code> block. */
  public record LocalFile(Expr filename, boolean secret) {}
}
