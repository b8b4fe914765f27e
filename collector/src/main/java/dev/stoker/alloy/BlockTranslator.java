package dev.stoker.alloy;

import dev.stoker.alloy.BlockSpec.Child;
import dev.stoker.alloy.eval.Evaluator;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Statement.Body;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.schema.Declared;
import dev.stoker.schema.Names;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Translates a block and what is in it, by the table. */
final class BlockTranslator {
  /**
   * @param path for messages
   */
  record Place(BlockSpec spec, String path) {
    String path(String name) {
      return path + "." + name;
    }
  }

  private static final String CLUSTERING =
      "it does nothing by itself, as in an Alloy that runs without --cluster.enabled: this Stoker"
          + " scrapes all targets. Where several scrape the same service discovery, let each discover"
          + " its own node (own_node = true)";

  private final Evaluator evaluator;
  private final Report report;
  private final boolean strict;
  private final Arguments arguments;
  private String argument = "";

  /**
   * @param strict a clustering block that is on is an error
   */
  BlockTranslator(Evaluator evaluator, Report report, boolean strict) {
    this.evaluator = evaluator;
    this.report = report;
    this.strict = strict;
    this.arguments = new Arguments(report);
  }

  /** Name of the argument that is being worked on, as far as it is a plain name. */
  String argument() {
    return argument;
  }

  void leaveOut(HoconWriter out, Statement left, String path, String why) throws AlloyError {
    report.note(left.notes().line(), path, "is left out: " + why);
    out.line("# Alloy's " + left.name() + " is left out: " + why, left.notes().line());
    commentsWithin(out, left);
  }

  /** Comments of a statement that is not written itself, but for those above it. */
  void commentsWithin(HoconWriter out, Statement statement) throws AlloyError {
    out.comments(statement.notes().trailing());
    if (statement instanceof Block block) {
      for (Statement each : block.body().statements()) {
        out.comments(each.notes().leading());
        commentsWithin(out, each);
      }
      out.comments(block.body().leftover());
    }
  }

  /**
   * @param header what stands before the brace; "" in a list
   */
  void block(HoconWriter out, Block block, String header, Place place) throws AlloyError {
    out.comments(block.notes().leading());
    HoconWriter body = new HoconWriter();
    body(body, block.body(), place);
    String head = header.isEmpty() ? "{" : header + " {";
    String joined = body.joined(block.body().statements().size());
    boolean small = header.indexOf('.') < 0 || header.startsWith("profile.");
    if (joined != null && small && block.notes().trailing().isEmpty()) {
      out.line(joined.isEmpty() ? head + "}" : head + " " + joined + " }", block.line());
      return;
    }
    out.open(head + HoconWriter.behind(block.notes().trailing()), block.line());
    out.append(body);
    out.close("}", block.line());
  }

  private void body(HoconWriter out, Body body, Place place) throws AlloyError {
    Set<String> seen = new HashSet<>();
    for (Statement statement : body.statements()) {
      String path = place.path(statement.name());
      try {
        if (statement instanceof Attribute attribute) {
          if (!seen.add(attribute.name())) {
            report.problem(attribute.notes().line(), path, "is given twice; keep one");
          }
          attribute(out, attribute, place);
        } else if (statement instanceof Block block) {
          Child child = place.spec().blocks.get(block.name());
          if (child == null) {
            other(out, block, place);
          } else if (child.list().isEmpty()) {
            single(out, block, child, place, seen);
          } else if (seen.add(block.name() + " {")) {
            repeated(out, same(body, block.name()), child, place);
          }
        }
      } catch (AlloyError error) {
        report.problem(error, path);
      }
    }
    out.comments(body.leftover());
  }

  private static List<Block> same(Body body, String name) {
    List<Block> same = new ArrayList<>();
    for (Statement statement : body.statements()) {
      if (statement instanceof Block block && block.name().equals(name)) {
        same.add(block);
      }
    }
    return same;
  }

  private void single(HoconWriter out, Block block, Child child, Place place, Set<String> seen)
      throws AlloyError {
    String name = block.name() + (child.labelled() ? "." + block.label() : "");
    if (block.label().isEmpty() == child.labelled()) {
      throw AlloyError.ofName(
          block.line(), child.labelled() ? "needs a label" : "has a label; take it out");
    }
    if (!seen.add(name + " {")) {
      throw AlloyError.ofName(block.line(), "is there twice; keep one");
    }
    block(out, block, name, new Place(child.spec(), place.path(name)));
  }

  private void repeated(HoconWriter out, List<Block> blocks, Child child, Place place)
      throws AlloyError {
    Block first = blocks.get(0);
    Place inner = new Place(child.spec(), place.path(first.name()));
    for (Block block : blocks) {
      if (!block.label().isEmpty()) {
        report.problem(block.line(), inner.path(), "has a label; take it out");
      }
    }
    if (blocks.size() == 1 && child.one()) {
      block(out, first, first.name(), inner);
      return;
    }
    out.open(child.list() + " = [", first.line());
    for (Block block : blocks) {
      block(out, block, "", inner);
    }
    out.close("]", blocks.get(blocks.size() - 1).line());
  }

  /** Handles a block that the table has no line for. */
  private void other(HoconWriter out, Block block, Place place) throws AlloyError {
    String left = place.spec().leftOut.get(block.name());
    if (left != null) {
      out.comments(block.notes().leading());
      leaveOut(out, block, place.path(block.name()), left);
      return;
    }
    if (block.name().equals("clustering")) {
      clustering(out, block, place);
      return;
    }
    throw AlloyError.ofName(block.line(), unknown(block.name(), true, place));
  }

  private void clustering(HoconWriter out, Block block, Place place) throws AlloyError {
    boolean on = false;
    for (Statement each : block.body().statements()) {
      on =
          on
              || each instanceof Attribute enabled
                  && !evaluator.evaluate(enabled.value()).equals(new Value.Bool(false));
      if (on && strict) {
        throw AlloyError.ofName(
            block.line(),
            "Stoker does not share targets between instances: with one instance take the block out,"
                + " with several let each discover its own node (own_node = true)");
      }
    }
    out.comments(block.notes().leading());
    leaveOut(out, block, place.path(block.name()), on ? CLUSTERING : "it is off");
  }

  private void attribute(HoconWriter out, Attribute attribute, Place place) throws AlloyError {
    String name = attribute.name();
    BlockSpec.Kind kind = place.spec().arguments.get(name);
    String left = place.spec().leftOut.get(name);
    out.comments(attribute.notes().leading());
    if (left != null) {
      leaveOut(out, attribute, place.path(name), left);
    } else if (kind == null) {
      String refused = place.spec().refused.get(name);
      throw AlloyError.ofName(
          attribute.notes().line(), refused == null ? unknown(name, false, place) : refused);
    } else {
      argument = name;
      Value value = evaluator.evaluate(attribute.value());
      if (!Arguments.isReadFromFile(name)) {
        value = evaluator.known(value, attribute.notes().line());
      }
      arguments.write(out, attribute, value, kind, place);
    }
  }

  private static String unknown(String name, boolean block, Place place) {
    BlockSpec spec = place.spec();
    if (block && spec.arguments.containsKey(name)) {
      return "is an argument and no block; write " + name + " = …";
    }
    if (!block && spec.blocks.containsKey(name)) {
      return "is a block and no argument; write " + name + " { … } without the =";
    }
    for (Map.Entry<String, Declared.Spelling> spelled : spec.spellings.entrySet()) {
      String prefix = spelled.getKey();
      Optional<String> right =
          name.startsWith(prefix)
              ? spelled.getValue().meant().apply(name.substring(prefix.length()))
              : Optional.empty();
      if (right.isPresent()) {
        return "there is no "
            + spelled.getValue().what()
            + " of that name; did you mean "
            + prefix
            + right.get()
            + "?";
      }
    }
    Set<String> known = new TreeSet<>(place.spec().arguments.keySet());
    known.addAll(place.spec().blocks.keySet());
    return Names.nearest(name, known)
        .map(near -> "unknown name " + name + "; did you mean " + near + "?")
        .orElseGet(() -> "unknown name " + name + "; here may stand: " + String.join(", ", known));
  }
}
