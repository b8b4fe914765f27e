package dev.stoker.alloy;

import java.util.List;

/**
 * What a text comes to.
 *
 * @param hocon "" when there are problems
 * @param sourceLines line of Alloy's text by line of the HOCON, both from 1; the first is not used
 * @param problems what cannot be translated; empty = fine
 * @param notes what has been left out, and why; it is in the HOCON as a comment too
 */
public record Translation(
    String hocon,
    List<Integer> sourceLines,
    List<AlloyProblem> problems,
    List<AlloyProblem> notes) {
  public Translation {
    sourceLines = List.copyOf(sourceLines);
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  /** The line that a line of the HOCON comes from; 0 stays 0. */
  public int source(int line) {
    return line > 0 && line < sourceLines.size() ? sourceLines.get(line) : 0;
  }
}
