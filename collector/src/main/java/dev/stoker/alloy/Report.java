package dev.stoker.alloy;

import java.util.ArrayList;
import java.util.List;

/** Collects problems and notes, up to a bound. */
final class Report {
  private static final int MAX = 500;

  final List<AlloyProblem> problems = new ArrayList<>();
  final List<AlloyProblem> notes = new ArrayList<>();

  void problem(int line, String path, String message) {
    add(problems, new AlloyProblem(line, path, message));
  }

  void note(int line, String path, String message) {
    add(notes, new AlloyProblem(line, path, message));
  }

  private static void add(List<AlloyProblem> list, AlloyProblem problem) {
    if (list.size() < MAX) {
      list.add(problem);
    }
  }
}
