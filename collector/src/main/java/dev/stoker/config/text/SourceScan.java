package dev.stoker.config.text;

import java.util.ArrayDeque;
import java.util.Deque;
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

  /**
   * A block or a list that is open.
   *
   * @param line of its brace
   * @param column of its brace, from 0
   * @param before a component that begins in it; "" = none
   */
  public record Open(String path, int line, int column, char closing, String before) {}

  private final String text;
  private final boolean alloy;
  private final LineCollector lines;
  private final SourceNames names;
  private final Deque<SourceFrame> frames = new ArrayDeque<>();
  private @Nullable Open unclosed;
  private int at;

  // Of the argument that is being read.
  private final StringBuilder key = new StringBuilder();
  private int keyLine;
  private int keyFrom;
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
    frames.push(
        new SourceFrame(new Open("", 0, 0, '}', ""), Masked.Room.OPEN, "", Masked.Room.OPEN));
  }

  /** Stops early in a text that is nested too deep. */
  SourceScan run() {
    beginLine(0, false);
    for (; at < text.length() && frames.size() < MAX_DEPTH; at++) {
      step(text.charAt(at));
    }
    endRun();
    lines.finish();
    if (frames.size() > 1 && unclosed == null) {
      unclosed = frames.element().open;
    }
    return this;
  }

  /** A block that has no end: one in which another component begins, or the innermost one. */
  @Nullable Open unclosed() {
    return frames.size() > 1 ? unclosed : null;
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
      case '}', ']' -> close(c);
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
      int close = text.indexOf("*/", at + 2);
      over(SourceLine.Kind.COMMENT, close < 0 ? text.length() : close + 2, true);
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
    boolean calls = alloy && (assigned || frames.element().isList());
    if (calls && c == '(') {
      open(')');
    } else if (calls) {
      close(')');
    } else {
      other(c);
    }
  }

  private void other(char c) {
    if (assigned || frames.element().isList()) {
      if (Character.isWhitespace(c)) {
        endRun();
      } else if (run < 0) {
        run = at;
        valued = true;
      }
      return;
    }
    if (!Character.isWhitespace(c)) {
      keyStarts();
    }
    if (key.length() > 0 || !Character.isWhitespace(c)) {
      key.append(c);
    }
  }

  private void keyStarts() {
    if (key.length() > 0 && keyLine != lines.number()) {
      key.setLength(0); // the name before it has no value
    }
    if (key.length() == 0) {
      keyLine = lines.number();
      keyFrom = at;
    }
  }

  private void string(String quotes) {
    endRun();
    boolean multiline = !quotes.equals("\"");
    int end = at + quotes.length();
    while (end < text.length()
        && !text.startsWith(quotes, end)
        && (multiline || text.charAt(end) != '\n')) {
      end += text.charAt(end) == '\\' && !multiline ? 2 : 1;
    }
    boolean closed = end < text.length() && text.startsWith(quotes, end);
    if (!closed) {
      lines.unclosed(at);
    }
    int stop = Math.min(text.length(), closed ? end + quotes.length() : end);
    if (assigned || frames.element().isList()) {
      valued = true;
      over(SourceLine.Kind.VALUE, stop, hides(room()));
    } else if (key.length() > 0 && hides(roomOf(SourceNames.parts(key.toString()), false))) {
      over(SourceLine.Kind.VALUE, stop, true); // the equals sign is missing
    } else {
      keyStarts();
      if (stop <= lines.end()) { // no name has a line break
        key.append(text, at, stop);
      }
      skip(stop);
    }
  }

  /** The room of the argument or element that is being read. */
  private Masked.Room room() {
    return assigned ? room : frames.element().room;
  }

  private static boolean hides(Masked.Room room) {
    return room == Masked.Room.SECRET || room == Masked.Room.HEADERS;
  }

  private void substitution() {
    int end = text.startsWith("${", at) ? substitutionEnd() : -1;
    if (end < 0) {
      other('$');
      return;
    }
    endRun();
    valued = true;
    lines.token(SourceLine.Kind.VALUE, at, end + 1, path(), false);
    at = end;
  }

  /**
   * The braces of a substitution hold a path and nothing else, so the search ends where no path can
   * go on.
   */
  private int substitutionEnd() {
    for (int i = at + 2; i < lines.end(); i++) {
      char c = text.charAt(i);
      if (c == '}') {
        return i;
      }
      if (c == '$' || c == '{') {
        return -1;
      }
    }
    return -1;
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
      lines.token(SourceLine.Kind.VALUE, run, at, path(), hides(room()));
      run = -1;
    }
  }

  private String path() {
    SourceFrame frame = frames.element();
    return assigned || !frame.isList() ? path : frame.open.path() + "[" + frame.index + "]";
  }

  private void assign(char c) {
    if (assigned || frames.element().isList() || c == ':' && alloy) {
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
    String raw = key.toString().stripTrailing();
    List<String> parts =
        SourceNames.parts(raw.endsWith("+") ? raw.substring(0, raw.length() - 1) : raw);
    String outer = frames.element().open.path();
    String own = String.join(".", parts);
    path = outer.isEmpty() || own.isEmpty() ? outer + own : outer + "." + own;
    room = roomOf(parts, block);
    keyToken(raw);
    key.setLength(0);
  }

  private void keyToken(String raw) {
    if (raw.isEmpty() || keyLine != lines.number() || raw.indexOf('\n') >= 0) {
      return;
    }
    int words = 0;
    while (words < raw.length() && !Character.isWhitespace(raw.charAt(words))) {
      words++;
    }
    boolean glued =
        words < raw.length() && hides(roomOf(SourceNames.parts(raw.substring(0, words)), false));
    boolean hidden = Masked.hidesNames(frames.element().open.path(), frames.element().room);
    lines.token(
        SourceLine.Kind.KEY, keyFrom, keyFrom + (glued ? words : raw.length()), path, hidden);
    if (glued) { // the equals sign is missing
      lines.token(SourceLine.Kind.VALUE, keyFrom + words + 1, keyFrom + raw.length(), path, true);
    }
  }

  private Masked.Room roomOf(List<String> parts, boolean block) {
    return names.roomOf(parts, frames.element().room, frames.size() == 1, block);
  }

  private void open(char closing) {
    endRun();
    SourceFrame around = frames.element();
    if (!assigned && !around.isList()) {
      named(true);
    }
    valued = true;
    String inner = path();
    Masked.Room own = around.isList() ? around.room : room;
    if (closing != ')') {
      lines.token(SourceLine.Kind.VALUE, at, at + 1, inner, false);
    }
    Open open = new Open(inner, lines.number(), lines.column(at), closing, "");
    if (frames.size() > 1 && closing == '}' && SourceNames.isComponent(inner, around.open.path())) {
      unclosed = unclosed == null ? outermost(inner) : unclosed;
    }
    frames.push(
        new SourceFrame(open, closing == '}' ? Masked.blockRoom(key(inner), own) : own, path, own));
    reset();
  }

  private static String key(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private Open outermost(String inner) {
    Open outermost = frames.element().open;
    for (SourceFrame frame : frames) {
      outermost = frame.open.path().isEmpty() ? outermost : frame.open;
    }
    String component = inner.substring(frames.element().open.path().length() + 1);
    return new Open(
        outermost.path(),
        outermost.line(),
        outermost.column(),
        outermost.closing(),
        component + " of line " + lines.number());
  }

  private void close(char c) {
    endRun();
    if (frames.size() == 1) {
      reset();
      return;
    }
    SourceFrame frame = frames.pop();
    reset();
    path = frame.memberPath;
    room = frame.memberRoom;
    assigned = !frames.element().isList();
    valued = true;
  }

  private void end() {
    endRun();
    if (frames.element().isList()) {
      frames.element().index++;
    }
    reset();
  }

  private void reset() {
    key.setLength(0);
    path = "";
    room = Masked.Room.OPEN;
    assigned = false;
    valued = false;
    run = -1;
  }

  private void newline() {
    endRun();
    SourceFrame frame = frames.element();
    if (key.length() > MAX_LINE) {
      key.setLength(0); // no name is so long, and blank lines would look at it again and again
    }
    if (!frame.isList() && !assigned && key.length() > 0) {
      String raw = key.toString();
      named(false); // nothing follows on its line; a brace may follow on the next one
      key.append(raw);
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
    boolean pending =
        !within && key.length() > 0 && hides(roomOf(SourceNames.parts(key.toString()), false));
    lines.begin(start, within, hides(room()) || pending);
  }
}
