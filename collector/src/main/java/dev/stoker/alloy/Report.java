package dev.stoker.alloy;

import dev.stoker.alloy.syntax.AlloyError;
import java.util.ArrayList;
import java.util.List;

/** Collects problems and notes, up to a bound. */
final class Report {
  private static final int MAX = 500;

  final List<AlloyProblem> problems = new ArrayList<>();
  final List<AlloyProblem> notes = new ArrayList<>();
  final List<LeftOut> leftOut = new ArrayList<>();
  private int more;

  void problem(int line, String path, String message) {
    if (problems.size() < MAX) {
      problems.add(new AlloyProblem(line, path, message));
    }
  }

  void problem(AlloyError error, String path) {
    if (problems.size() < MAX) {
      problems.add(new AlloyProblem(error.line, error.column, path, error.text()));
    }
  }

  void note(int line, String path, String message) {
    if (notes.size() < MAX) {
      notes.add(new AlloyProblem(line, path, message));
    } else {
      more++;
    }
  }

  /**
   * Keeps a block. One without which profiles are missing is always named, however many there are.
   */
  void leftOut(LeftOut block) {
    if (block.loud() || leftOut.size() < MAX) {
      leftOut.add(block);
    } else {
      more++;
    }
  }

  /** Returns all notes, and as the last one the number of those that are not named. */
  List<AlloyProblem> allNotes() {
    List<AlloyProblem> all = new ArrayList<>(notes);
    if (more > 0) {
      all.add(new AlloyProblem(1, "", more + " more notes and left-out blocks are not named here"));
    }
    return all;
  }
}
