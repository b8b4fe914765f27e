package dev.stoker.alloy;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Comment;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Parser;
import dev.stoker.alloy.syntax.Paths;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Custom components that the profiling part is made of: each use of a <code>declare</code> block
 * becomes the blocks that it stands for, under labels of their own. Those that have nothing to do
 * with profiles stay as they are, to be left out. Used once.
 */
final class CustomComponents {
  /** All uses together may add up to this many statements and parts of expressions. */
  private static final int MOST = 100_000;

  /** A custom component within a custom component within … */
  private static final int MAX_DEPTH = 16;

  /**
   * An expression may be nested this deep; arguments within arguments make it deeper than it is
   * written.
   */
  private static final int MAX_NESTED = 4 * Parser.MAX_DEPTH;

  private final Set<String> wanted;
  private int made;
  private int depth;
  private int nested;

  private CustomComponents(Set<String> wanted) {
    this.wanted = wanted;
  }

  /**
   * Bodies in which custom components are written out.
   *
   * @param declared labels of <code>declare</code> blocks that are
   * @param profiling labels of <code>declare</code> blocks, at any depth, that hold a component of
   *     profiles
   */
  record Expanded(List<Statement.Body> bodies, Set<String> declared, Set<String> profiling) {}

  static Expanded expand(List<Statement.Body> bodies) throws AlloyError {
    Map<String, Block> declares = new LinkedHashMap<>();
    statements(bodies).forEach(each -> declare(each, declares));
    List<Block> everywhere = new ArrayList<>();
    collectDeclares(statements(bodies), everywhere);
    Set<String> profiling = profiling(everywhere);
    Set<String> wanted = new HashSet<>();
    declares.forEach(
        (label, block) -> {
          if (NeededBlocks.holdsProfiling(block, profiling)) {
            wanted.add(label);
          }
        });
    List<Statement.Body> expanded = bodies;
    boolean more = !declares.isEmpty();
    for (int rounds = 0; more && rounds < MAX_DEPTH; rounds++) {
      expanded = new CustomComponents(wanted).all(bodies, declares);
      more = addNeeded(expanded, declares, wanted);
    }
    return new Expanded(expanded, wanted, profiling);
  }

  private static List<Statement> statements(List<Statement.Body> bodies) {
    return bodies.stream().flatMap(body -> body.statements().stream()).toList();
  }

  private static void declare(Statement statement, Map<String, Block> declares) {
    if (statement instanceof Block block
        && block.name().equals("declare")
        && !block.label().isEmpty()) {
      declares.putIfAbsent(block.label(), block);
    }
  }

  private static void collectDeclares(List<Statement> statements, List<Block> found) {
    for (Statement statement : statements) {
      if (statement instanceof Block block && block.name().equals("declare")) {
        found.add(block);
        collectDeclares(block.body().statements(), found);
      }
    }
  }

  /**
   * Those with a component of profiles in them, or with another of them. By label, whatever the
   * scope: at worst, a block is refused that could be left out.
   */
  private static Set<String> profiling(List<Block> declares) {
    Set<String> found = new HashSet<>();
    boolean more = true;
    while (more) {
      more = false;
      for (Block each : declares) {
        if (!found.contains(each.label()) && NeededBlocks.holdsProfiling(each, found)) {
          more |= found.add(each.label());
        }
      }
    }
    return found;
  }

  /** The profiling part uses the exports of these. */
  private static boolean addNeeded(
      List<Statement.Body> bodies, Map<String, Block> declares, Set<String> wanted) {
    List<Statement> statements = statements(bodies);
    NeededBlocks needs = new NeededBlocks(statements);
    boolean more = false;
    for (Statement each : statements) {
      Block declare = declares.get(each.name());
      if (each instanceof Block use
          && declare != null
          && !wanted.contains(use.name())
          && exports(declare)
          && needs.isNeeded(use)) {
        more |= wanted.add(use.name());
      }
    }
    return more;
  }

  private static boolean exports(Block declare) {
    return declare.body().statements().stream()
        .anyMatch(each -> each instanceof Block && each.name().equals("export"));
  }

  private List<Statement.Body> all(List<Statement.Body> bodies, Map<String, Block> declares)
      throws AlloyError {
    Scope top = new Scope("", null, null);
    top.declares.putAll(declares);
    collect(statements(bodies), top);
    List<Statement.Body> expanded = new ArrayList<>();
    for (Statement.Body body : bodies) {
      List<Statement> out = new ArrayList<>();
      for (Statement statement : body.statements()) {
        statement(statement, top, out);
      }
      expanded.add(new Statement.Body(out, body.leftover()));
    }
    return expanded;
  }

  /** A scope says what names mean in the texts, or within one use of a custom component. */
  private static final class Scope {
    final String prefix;
    final @Nullable Block use;
    final @Nullable Scope outer;

    /** Its own; those of the scopes around it are known in it too. */
    final Map<String, Block> declares = new HashMap<>();

    /** Ids of components → their new labels. */
    final Map<String, String> labels = new HashMap<>();

    /** Ids of custom components → what they are made of. */
    final Map<String, Scope> uses = new HashMap<>();

    final Map<String, Block> arguments = new LinkedHashMap<>();
    final Map<String, Expr> exports = new HashMap<>();

    /**
     * @param use the block that stands for it; null for the texts themselves
     */
    Scope(String prefix, @Nullable Block use, @Nullable Scope outer) {
      this.prefix = prefix;
      this.use = use;
      this.outer = outer;
    }

    @Nullable Block declare(String label) {
      for (Scope scope = this; scope != null; scope = scope.outer) {
        Block found = scope.declares.get(label);
        if (found != null) {
          return found;
        }
      }
      return null;
    }
  }

  /** Names first: what is written above may refer to what is written below. */
  private void collect(List<Statement> statements, Scope scope) throws AlloyError {
    for (Statement statement : statements) {
      if (!(statement instanceof Block block)) {
        continue;
      }
      if (isUse(block, scope)) {
        scope.uses.put(block.id(), use(block, scope));
      } else if (scope.outer != null && block.name().equals("argument")) {
        scope.arguments.put(block.label(), block);
      } else if (scope.outer != null && block.name().equals("export")) {
        Expr value = attribute(block, "value");
        if (value != null) {
          scope.exports.put(block.label(), value);
        }
      } else if (scope.outer != null && !block.label().isEmpty()) {
        scope.labels.put(block.id(), scope.prefix + block.label());
      }
    }
  }

  private boolean isUse(Block block, Scope scope) {
    boolean known = scope.declare(block.name()) != null;
    return known && (scope.outer != null || wanted.contains(block.name()));
  }

  private Scope use(Block use, Scope scope) throws AlloyError {
    if (use.label().isEmpty()) {
      throw new AlloyError(
          use.line(), use.name() + " has no label; write " + use.name() + " \"LABEL\" { … }");
    }
    if (++depth > MAX_DEPTH) {
      throw new AlloyError(
          use.line(), use.id() + " is a custom component that holds itself, or too many others");
    }
    Block declare = Objects.requireNonNull(scope.declare(use.name()));
    count(declare.body().statements().size(), use.line());
    String prefix = scope.prefix + use.name() + "_" + use.label() + "_";
    Scope inner = new Scope(prefix, use, scope);
    declare.body().statements().forEach(each -> declare(each, inner.declares));
    collect(declare.body().statements(), inner);
    depth--;
    checkArguments(use, inner);
    return inner;
  }

  private static void checkArguments(Block use, Scope inner) throws AlloyError {
    for (Statement given : use.body().statements()) {
      if (!inner.arguments.containsKey(given.name()) || given instanceof Block) {
        throw new AlloyError(
            given.notes().line(),
            use.id()
                + " has no argument "
                + given.name()
                + "; it has: "
                + String.join(", ", inner.arguments.keySet()));
      }
    }
    for (Block argument : inner.arguments.values()) {
      if (attribute(use, argument.label()) == null
          && !isOptional(argument)
          && attribute(argument, "default") == null) {
        throw new AlloyError(
            use.line(), use.id() + " lacks the argument " + argument.label() + "; write it");
      }
    }
  }

  private static boolean isOptional(Block argument) {
    return attribute(argument, "optional") instanceof Expr.Literal literal
        && literal.value().equals(new Value.Bool(true));
  }

  private static @Nullable Expr attribute(Block block, String name) {
    for (Statement each : block.body().statements()) {
      if (each instanceof Attribute attribute && attribute.name().equals(name)) {
        return attribute.value();
      }
    }
    return null;
  }

  private void statement(Statement statement, Scope scope, List<Statement> out) throws AlloyError {
    Scope inner = statement instanceof Block use ? scope.uses.get(use.id()) : null;
    if (statement instanceof Block use && inner != null) {
      writeOut(use, Objects.requireNonNull(scope.declare(use.name())), inner, out);
    } else if (statement instanceof Block block && !block.name().equals("declare")) {
      String label = scope.labels.getOrDefault(block.id(), block.label());
      out.add(
          new Block(
              block.name(), label, body(block.body(), scope), block.notes(), block.lastLine()));
    } else {
      out.add(statement);
    }
  }

  private void writeOut(Block use, Block declare, Scope inner, List<Statement> out)
      throws AlloyError {
    int from = out.size();
    for (Statement each : declare.body().statements()) {
      if (each instanceof Attribute) {
        throw new AlloyError(
            each.notes().line(), "only blocks stand in a declare; take " + each.name() + " out");
      }
      if (!Set.of("argument", "export", "declare").contains(each.name())) {
        statement(each, inner, out);
      }
    }
    if (out.size() > from && out.get(from) instanceof Block first) {
      out.set(from, commented(first, use.notes()));
    }
  }

  /** The comments of a use go to the first block that it stands for. */
  private static Block commented(Block block, Statement.Notes use) {
    List<Comment> leading = new ArrayList<>(use.leading());
    leading.addAll(block.notes().leading());
    Statement.Notes notes =
        new Statement.Notes(
            leading, block.notes().trailing(), block.notes().line(), use.blankBefore());
    return new Block(block.name(), block.label(), block.body(), notes, block.lastLine());
  }

  private Statement.Body body(Statement.Body body, Scope scope) throws AlloyError {
    List<Statement> statements = new ArrayList<>();
    for (Statement each : body.statements()) {
      count(1, each.notes().line());
      if (each instanceof Attribute attribute) {
        Expr value = expression(attribute.value(), scope);
        statements.add(new Attribute(attribute.name(), value, attribute.notes()));
      } else if (each instanceof Block block) {
        statements.add(
            new Block(
                block.name(),
                block.label(),
                body(block.body(), scope),
                block.notes(),
                block.lastLine()));
      }
    }
    return new Statement.Body(statements, body.leftover());
  }

  private Expr expression(Expr expr, Scope scope) throws AlloyError {
    count(1, expr.line());
    if (++nested > MAX_NESTED) {
      throw new AlloyError(expr.line(), "is nested too deep, with all of its arguments");
    }
    Expr result = rewritten(expr, scope);
    nested--;
    return result;
  }

  private Expr rewritten(Expr expr, Scope scope) throws AlloyError {
    if (expr instanceof Expr.ListOf list) {
      List<Expr.Element> elements = new ArrayList<>();
      for (Expr.Element each : list.elements()) {
        elements.add(new Expr.Element(expression(each.value(), scope), each.comments()));
      }
      return new Expr.ListOf(elements, list.leftover(), list.line());
    }
    if (expr instanceof Expr.ObjectOf object) {
      List<Expr.Field> fields = new ArrayList<>();
      for (Expr.Field each : object.fields()) {
        Expr value = expression(each.value().value(), scope);
        fields.add(
            new Expr.Field(
                each.name(), new Expr.Element(value, each.value().comments()), each.line()));
      }
      return new Expr.ObjectOf(fields, object.leftover(), object.line());
    }
    if (expr instanceof Expr.Unary unary) {
      return new Expr.Unary(unary.sign(), expression(unary.operand(), scope), unary.line());
    }
    if (expr instanceof Expr.Operations operations) {
      List<Expr.Operation> rest = new ArrayList<>();
      for (Expr.Operation each : operations.rest()) {
        rest.add(new Expr.Operation(each.sign(), expression(each.operand(), scope)));
      }
      return new Expr.Operations(expression(operations.first(), scope), rest, operations.line());
    }
    return expr instanceof Expr.Chain chain ? chain(chain, scope) : expr;
  }

  private Expr chain(Expr.Chain chain, Scope scope) throws AlloyError {
    List<Expr.Step> steps = new ArrayList<>();
    for (Expr.Step step : chain.steps()) {
      steps.add(step(step, scope));
    }
    if (!(chain.base() instanceof Expr.Name name)) {
      return new Expr.Chain(expression(chain.base(), scope), steps, chain.line());
    }
    List<String> names = names(name, chain);
    Expr stands = standsFor(names, scope, chain.line());
    if (stands != null) {
      return with(stands, steps.subList(2, steps.size()), chain.line());
    }
    for (int i = 2; i <= names.size(); i++) {
      String label = scope.labels.get(String.join(".", names.subList(0, i)));
      if (label != null) {
        steps.set(i - 2, new Expr.Step.Access(label));
        break;
      }
    }
    return new Expr.Chain(name, steps, chain.line());
  }

  private Expr.Step step(Expr.Step step, Scope scope) throws AlloyError {
    if (step instanceof Expr.Step.Index index) {
      return new Expr.Step.Index(expression(index.at(), scope));
    }
    if (step instanceof Expr.Step.Call call) {
      List<Expr> arguments = new ArrayList<>();
      for (Expr each : call.arguments()) {
        arguments.add(expression(each, scope));
      }
      return new Expr.Step.Call(arguments);
    }
    return step;
  }

  private static List<String> names(Expr.Name name, Expr.Chain chain) {
    List<String> names = new ArrayList<>(List.of(name.name()));
    for (Expr.Step step : chain.steps()) {
      String key = Paths.key(step);
      if (key.isEmpty()) {
        break;
      }
      names.add(key);
    }
    return names;
  }

  /**
   * An argument of the custom component that is written out, or an export of one that is used here.
   */
  private @Nullable Expr standsFor(List<String> names, Scope scope, int line) throws AlloyError {
    if (names.size() < 3) {
      return null;
    }
    Block use = scope.use;
    Scope outer = scope.outer;
    if (use != null && outer != null && names.get(0).equals("argument")) {
      return names.get(2).equals("value") ? argument(names.get(1), use, scope, line) : null;
    }
    Scope inner = scope.uses.get(names.get(0) + "." + names.get(1));
    Expr export = inner == null ? null : inner.exports.get(names.get(2));
    return export == null || inner == null ? null : within(export, inner, line);
  }

  private Expr argument(String name, Block use, Scope scope, int line) throws AlloyError {
    Block argument = scope.arguments.get(name);
    if (argument == null) {
      throw new AlloyError(line, "the declare of " + use.id() + " has no argument " + name);
    }
    Expr given = attribute(use, name);
    if (given != null) {
      return within(given, Objects.requireNonNull(scope.outer), line);
    }
    Expr preset = attribute(argument, "default");
    return preset == null ? new Expr.Literal(new Value.Nothing(), line) : preset;
  }

  /**
   * An argument may be an export, whose value is an argument, and so on, and end where it began.
   */
  private Expr within(Expr expr, Scope scope, int line) throws AlloyError {
    if (++depth > MAX_DEPTH * 2) {
      throw new AlloyError(line, "arguments and exports refer to each other without an end");
    }
    Expr result = expression(expr, scope);
    depth--;
    return result;
  }

  private static Expr with(Expr base, List<Expr.Step> steps, int line) {
    if (steps.isEmpty()) {
      return base;
    }
    if (base instanceof Expr.Chain chain) {
      List<Expr.Step> all = new ArrayList<>(chain.steps());
      all.addAll(steps);
      return new Expr.Chain(chain.base(), all, chain.line());
    }
    return new Expr.Chain(base, List.copyOf(steps), line);
  }

  private void count(int more, int line) throws AlloyError {
    made += more;
    if (made > MOST) {
      throw new AlloyError(line, "custom components stand for too much; write out fewer of them");
    }
  }
}
