package dev.stoker.alloy.custom;

import dev.stoker.alloy.syntax.AlloyError;

/** Bounds what all uses of custom components together stand for. */
final class ExpansionBudget {
  /** Statements and parts of expressions. */
  private static final int MOST = 100_000;

  private int made;

  void take(int more, int line) throws AlloyError {
    made += more;
    if (made > MOST) {
      throw new AlloyError(line, "custom components stand for too much; write out fewer of them");
    }
  }
}
