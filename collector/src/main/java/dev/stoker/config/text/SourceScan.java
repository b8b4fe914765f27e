package dev.stoker.config.text;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Walks the text of a config, in HOCON or in Alloy's syntax, and says for some of its lines which
 * argument stands where and what of it is a secret. The parsers keep no columns, and a text with a
 * mistake may be no text of either language: so this knows just enough of both, and takes
 * everything. One line is held at a time. Used once.
 */
public final class SourceScan {
  /** A longer line was written by a program: nothing of it is told apart. */
  static final int MAX_LINE = 10_000;

  /** Both parsers refuse what is nested deeper. */
  private static final int MAX_DEPTH = 64;

  private final String text;
  private final boolean alloy;
  private final LineCollector lines;
  private final SourceNames names;
  private final TokenEnds ends;
  private final SourceFrames frames = new SourceFrames();
  private int at;

  // Of the argument that is being read.
  private final PendingName name = new PendingName();
  private String path = "";
  private Masked.Room room = Masked.Room.OPEN;
  private boolean assigned;
  private boolean valued;
  private int run = -1;

  /**
   * @param wanted by number of the line
   * @param lines those that are wanted, in order
   */
  SourceScan(String text, boolean alloy, IntPredicate wanted, Consumer<SourceLine> lines) {
    this.text = text;
    this.alloy = alloy;
    this.lines = new LineCollector(text, wanted, lines);
    this.names = new SourceNames(alloy);
    this.ends = new TokenEnds(text);
  }

  /** Stops early in a text that is nested too deep. */
  SourceScan run() {
    beginLine(0, false);
    for (; at < text.length() && frames.depth() < MAX_DEPTH; at++) {
      step(text.charAt(at));
    }
    endRun();
    lines.finish();
    return this;
  }

  /** A block that has no end: one in which another component begins, or the innermost one. */
  @Nullable OpenBlock unclosed() {
    return frames.unclosed();
  }

  private void step(char c) {
    switch (c) {
      case '\n' -> newline();
      case '"' -> string(text.startsWith("\"\"\"", at) && !alloy ? "\"\"\"" : "\"");
      case '`' -> string("`");
      case '#' -> comment("#");
      case '{' -> open('}');
      case '[' -> open(']');
      case '(' -> paren(c);
      case '}', ']' -> close();
      case ')' -> paren(c);
      case ',' -> end();
      case '=', ':' -> assign(c);
      case '$' -> substitution();
      case '/' -> slash();
      default -> other(c);
    }
  }

  private void slash() {
    if (text.startsWith("//", at)) {
      comment("//");
    } else if (alloy && text.startsWith("/*", at)) {
      over(SourceLine.Kind.COMMENT, ends.blockComment(at), true);
    } else {
      other('/');
    }
  }

  private void comment(String sign) {
    endRun();
    lines.token(SourceLine.Kind.COMMENT, at, lines.end(), "", true);
    at = Math.max(at + sign.length(), lines.end()) - 1;
  }

  private void paren(char c) {
    boolean calls = alloy && (assigned || frames.inner().isList());
    if (calls && c == '(') {
      open(')');
    } else if (calls) {
      close();
    } else {
      other(c);
    }
  }

  private void other(char c) {
    if (assigned || frames.inner().isList()) {
      if (Character.isWhitespace(c)) {
        endRun();
      } else if (run < 0) {
        run = at;
        valued = true;
      }
      return;
    }
    if (Character.isWhitespace(c)) {
      name.space(c);
    } else {
      name.starts(lines.number(), at);
      name.append(text, at, at + 1);
    }
  }

  private void string(String quotes) {
    endRun();
    TokenEnds.End end = ends.string(at, quotes);
    if (!end.closed()) {
      lines.unclosed(at);
    }
    int stop = end.at();
    if (assigned || frames.inner().isList()) {
      valued = true;
      over(SourceLine.Kind.VALUE, stop, room().hides());
    } else if (nameHides()) {
      over(SourceLine.Kind.VALUE, stop, true); // the equals sign is missing
    } else {
      name.starts(lines.number(), at);
      if (stop <= lines.end()) { // no name has a line break
        name.append(text, at, stop);
      }
      skip(stop);
    }
  }

  /** The room of the argument or element that is being read. */
  private Masked.Room room() {
    return assigned ? room : frames.inner().room;
  }

  private void substitution() {
    int end = ends.substitution(at, lines.end());
    if (end < 0) {
      other('$');
      return;
    }
    endRun();
    valued = true;
    lines.token(SourceLine.Kind.VALUE, at, end, path(), false);
    at = end - 1;
  }

  /** Up to there it is one thing, maybe of several lines. */
  private void over(SourceLine.Kind kind, int stop, boolean hidden) {
    lines.token(kind, at, Math.min(lines.end(), stop), path(), hidden);
    skip(stop);
  }

  private void skip(int stop) {
    while (lines.end() < stop) {
      lines.finish();
      lines.count();
      beginLine(lines.end() + 1, true);
    }
    at = stop - 1;
  }

  private void endRun() {
    if (run >= 0) {
      lines.token(SourceLine.Kind.VALUE, run, at, path(), room().hides());
      run = -1;
    }
  }

  private String path() {
    SourceFrame frame = frames.inner();
    return assigned || !frame.isList() ? path : frame.open.path() + "[" + frame.index + "]";
  }

  private void assign(char c) {
    if (assigned || frames.inner().isList() || c == ':' && alloy) {
      other(c);
    } else {
      named(false);
      assigned = true;
    }
  }

  /**
   * The argument's name is complete.
   *
   * @param block it opens a block
   */
  private void named(boolean block) {
    List<String> parts = name.parts();
    String outer = frames.inner().open.path();
    String own = String.join(".", parts);
    path = outer.isEmpty() || own.isEmpty() ? outer + own : outer + "." + own;
    room = roomOf(parts, block);
    boolean hidden = Masked.hidesNames(outer, frames.inner().room);
    boolean glued = roomOf(name.firstWord(), false).hides();
    lines.name(name, path, hidden, glued);
    name.clear();
  }

  /** What follows the name that has been read so far may be a secret. */
  private boolean nameHides() {
    return !name.isEmpty() && roomOf(name.allParts(), false).hides();
  }

  private Masked.Room roomOf(List<String> parts, boolean block) {
    return names.roomOf(parts, frames.inner().room, frames.depth() == 1, block);
  }

  private void open(char closing) {
    endRun();
    SourceFrame around = frames.inner();
    if (!assigned && !around.isList()) {
      named(true);
    }
    valued = true;
    String inner = path();
    Masked.Room own = around.isList() ? around.room : room;
    if (closing != ')') {
      lines.token(SourceLine.Kind.VALUE, at, at + 1, inner, false);
    }
    OpenBlock open = new OpenBlock(inner, lines.number(), lines.column(at), closing, "");
    frames.open(
        new SourceFrame(
            open,
            closing == '}' ? Masked.blockRoom(SourceNames.last(inner), own) : own,
            path,
            own));
    reset();
  }

  private void close() {
    endRun();
    SourceFrame frame = frames.close();
    reset();
    if (frame == null) {
      return;
    }
    path = frame.memberPath;
    room = frame.memberRoom;
    assigned = !frames.inner().isList();
    valued = true;
  }

  private void end() {
    endRun();
    if (frames.inner().isList()) {
      frames.inner().index++;
    }
    reset();
  }

  private void reset() {
    name.clear();
    path = "";
    room = Masked.Room.OPEN;
    assigned = false;
    valued = false;
    run = -1;
  }

  private void newline() {
    endRun();
    SourceFrame frame = frames.inner();
    if (name.length() > MAX_LINE) {
      name.clear(); // no name is so long, and blank lines would look at it again and again
    }
    if (!frame.isList() && !assigned && !name.isEmpty()) {
      String raw = name.raw();
      named(false); // nothing follows on its line; a brace may follow on the next one
      name.append(raw, 0, raw.length());
    }
    lines.finish();
    if (valued && (!frame.isList() || !alloy)) {
      end();
    }
    lines.count();
    beginLine(at + 1, false);
  }

  private void beginLine(int start, boolean within) {
    // Of a line within a string nothing is shown.
    lines.begin(start, within, room().hides() || !within && nameHides());
  }
}
