package dev.stoker.alloy;

import java.util.List;

/**
 * The translation of a config, which is one text or several. Lines of several texts are counted on
 * from one to the next; {@link #place} takes them apart.
 *
 * @param hocon "" when there are problems
 * @param sourceLines line of Alloy's text by line of the HOCON, both from 1; the first is not used
 * @param problems what cannot be translated; empty = fine
 * @param notes what makes no difference here, and why; it is in the HOCON as a comment too
 * @param leftOut blocks that are not translated; they are in the HOCON as comments too
 * @param starts for each text, how many lines there are before it
 * @param imported the texts of modules, which come after the others
 */
public record Translation(
    String hocon,
    List<Integer> sourceLines,
    List<AlloyProblem> problems,
    List<AlloyProblem> notes,
    List<LeftOut> leftOut,
    List<Integer> starts,
    List<AlloyText> imported) {
  public Translation {
    sourceLines = List.copyOf(sourceLines);
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
    leftOut = List.copyOf(leftOut);
    starts = List.copyOf(starts);
    imported = List.copyOf(imported);
  }

  /**
   * @param text which one, from 0
   * @param line in it, from 1; 0 = the text as a whole
   */
  public record Place(int text, int line) {}

  /** The place that a line of the HOCON comes from. */
  public Place source(int line) {
    return place(line > 0 && line < sourceLines.size() ? sourceLines.get(line) : 0);
  }

  /** The place of a line of a problem, a note or a left-out block. */
  public Place place(int line) {
    int text = Math.max(0, starts.size() - 1);
    while (text > 0 && starts.get(text) >= line) {
      text--;
    }
    return new Place(text, line - (starts.isEmpty() ? 0 : starts.get(text)));
  }
}
