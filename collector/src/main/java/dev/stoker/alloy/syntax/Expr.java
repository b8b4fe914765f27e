package dev.stoker.alloy.syntax;

import java.util.List;

/** An expression as it is written. */
public sealed interface Expr {
  int line();

  record Literal(Value value, int line) implements Expr {}

  /**
   * <code>[ … ]</code>
   *
   * @param leftover comments after the last element
   */
  record ListOf(List<Element> elements, List<Comment> leftover, int line) implements Expr {}

  /**
   * @param comments before it, and behind it on its line
   */
  record Element(Expr value, List<Comment> comments) {}

  /** <code>{ … }</code> */
  record ObjectOf(List<Field> fields, List<Comment> leftover, int line) implements Expr {}

  record Field(String name, Element value, int line) {}

  /** A name, and what follows it: <code>sys.env("X")</code>, <code>a.b[0].c</code>. */
  record Chain(Expr base, List<Step> steps, int line) implements Expr {}

  record Name(String name, int line) implements Expr {}

  /** One link of a chain. */
  sealed interface Step {
    record Access(String name) implements Step {}

    record Index(Expr at) implements Step {}

    record Call(List<Expr> arguments) implements Step {}
  }

  record Unary(String sign, Expr operand, int line) implements Expr {}

  /** Operations of one rank, from left to right: long sums are no deep trees. */
  record Operations(Expr first, List<Operation> rest, int line) implements Expr {}

  record Operation(String sign, Expr operand) {}
}
