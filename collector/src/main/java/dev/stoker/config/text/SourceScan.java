package dev.stoker.config.text;

import dev.stoker.components.ComponentKinds;
import java.util.ArrayDeque;
import java.util.ArrayList;
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

  enum Kind {
    /** The name of an argument or a block. */
    KEY,
    /** A string, a run of other characters, or the brace or bracket that a value opens with. */
    VALUE,
    COMMENT
  }

  /**
   * Something in a line.
   *
   * @param from column, from 0
   * @param to the column behind it
   * @param path of the argument that it belongs to, without quotes
   * @param hidden it may be a secret
   */
  record Token(Kind kind, int from, int to, String path, boolean hidden) {}

  /**
   * @param number from 1
   * @param inside it begins within a string or a comment
   * @param secret it begins within the block of a secret, or in the value of one
   * @param unclosed column of the quote of a string that is not closed, from 0; -1 = none
   */
  record Line(
      int number, String text, List<Token> tokens, boolean inside, boolean secret, int unclosed) {
    Line {
      tokens = List.copyOf(tokens);
    }
  }

  /**
   * A block or a list that is open.
   *
   * @param line of its brace
   * @param column of its brace, from 0
   * @param before a component that begins in it; "" = none
   */
  public record Open(String path, int line, int column, char closing, String before) {}

  private static final class Frame {
    final Open open;
    final Masked.Room room;
    int index;

    /** What goes on behind the closing brace. */
    final String memberPath;

    final Masked.Room memberRoom;

    Frame(Open open, Masked.Room room, String memberPath, Masked.Room memberRoom) {
      this.open = open;
      this.room = room;
      this.memberPath = memberPath;
      this.memberRoom = memberRoom;
    }

    boolean isList() {
      return open.closing() != '}';
    }
  }

  private final String text;
  private final boolean alloy;
  private final IntPredicate wanted;
  private final Consumer<Line> lines;
  private final Deque<Frame> frames = new ArrayDeque<>();
  private @Nullable Open unclosed;
  private int at;
  private int line = 1;
  private int lineStart;

  /** Where it ends: what looks for it anew at each sign is slow in a text of one line. */
  private int lineEnd;

  // Of the line that is being read.
  private List<Token> tokens = new ArrayList<>();
  private boolean collected;
  private boolean inside;
  private boolean secret;
  private int openQuote = -1;

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
  SourceScan(String text, boolean alloy, IntPredicate wanted, Consumer<Line> lines) {
    this.text = text;
    this.alloy = alloy;
    this.wanted = wanted;
    this.lines = lines;
    frames.push(new Frame(new Open("", 0, 0, '}', ""), Masked.Room.OPEN, "", Masked.Room.OPEN));
  }

  /** Stops early in a text that is nested too deep. */
  SourceScan run() {
    beginLine(0, false);
    for (; at < text.length() && frames.size() < MAX_DEPTH; at++) {
      step(text.charAt(at));
    }
    endRun();
    endLine();
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
      over(Kind.COMMENT, close < 0 ? text.length() : close + 2, true);
    } else {
      other('/');
    }
  }

  private void comment(String sign) {
    endRun();
    token(Kind.COMMENT, at, lineEnd, "", true);
    at = Math.max(at + sign.length(), lineEnd) - 1;
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
    if (key.length() > 0 && keyLine != line) {
      key.setLength(0); // the name before it has no value
    }
    if (key.length() == 0) {
      keyLine = line;
      keyFrom = at;
    }
  }

  private void string(String quotes) {
    endRun();
    boolean lines = !quotes.equals("\"");
    int end = at + quotes.length();
    while (end < text.length()
        && !text.startsWith(quotes, end)
        && (lines || text.charAt(end) != '\n')) {
      end += text.charAt(end) == '\\' && !lines ? 2 : 1;
    }
    boolean closed = end < text.length() && text.startsWith(quotes, end);
    if (!closed && openQuote < 0) {
      openQuote = at - lineStart;
    }
    int stop = Math.min(text.length(), closed ? end + quotes.length() : end);
    if (assigned || frames.element().isList()) {
      valued = true;
      over(Kind.VALUE, stop, hides(room()));
    } else if (key.length() > 0 && hides(roomOf(names(key.toString()), false))) {
      over(Kind.VALUE, stop, true); // the equals sign is missing
    } else {
      keyStarts();
      if (stop <= lineEnd) { // no name has a line break
        key.append(text, at, stop);
      }
      skip(stop);
    }
  }

  /** Of what is being read. */
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
    token(Kind.VALUE, at, end + 1, path(), false);
    at = end;
  }

  /** Its braces hold a path and nothing else: the search ends where there can be none. */
  private int substitutionEnd() {
    for (int i = at + 2; i < lineEnd; i++) {
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
  private void over(Kind kind, int stop, boolean hidden) {
    token(kind, at, Math.min(lineEnd, stop), path(), hidden);
    skip(stop);
  }

  private void skip(int stop) {
    while (lineEnd < stop) {
      endLine();
      line++;
      beginLine(lineEnd + 1, true);
    }
    at = stop - 1;
  }

  private void endRun() {
    if (run >= 0) {
      token(Kind.VALUE, run, at, path(), hides(room()));
      run = -1;
    }
  }

  private String path() {
    Frame frame = frames.element();
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
    List<String> names = names(raw.endsWith("+") ? raw.substring(0, raw.length() - 1) : raw);
    String outer = frames.element().open.path();
    String own = String.join(".", names);
    path = outer.isEmpty() || own.isEmpty() ? outer + own : outer + "." + own;
    room = roomOf(names, block);
    keyToken(raw);
    key.setLength(0);
  }

  private void keyToken(String raw) {
    if (raw.isEmpty() || keyLine != line || raw.indexOf('\n') >= 0) {
      return;
    }
    int words = 0;
    while (words < raw.length() && !Character.isWhitespace(raw.charAt(words))) {
      words++;
    }
    boolean glued = words < raw.length() && hides(roomOf(names(raw.substring(0, words)), false));
    boolean hidden = Masked.hidesNames(frames.element().open.path(), frames.element().room);
    token(Kind.KEY, keyFrom, keyFrom + (glued ? words : raw.length()), path, hidden);
    if (glued) { // the equals sign is missing
      token(Kind.VALUE, keyFrom + words + 1, keyFrom + raw.length(), path, true);
    }
  }

  /**
   * The room of what is named so where we are. The label of a component says nothing. At the top of
   * HOCON, what is none of our names may be a variable that was meant for <code>vars</code>.
   *
   * @param block a block of that name opens
   */
  private Masked.Room roomOf(List<String> names, boolean block) {
    Masked.Room inner = frames.element().room;
    boolean top = frames.size() == 1;
    if (top && !alloy && !names.isEmpty() && !Namespaces.all().contains(names.get(0))) {
      return Masked.Room.HEADERS;
    }
    boolean labelled = top && names.size() > 2 && (block || names.size() > 3) && isKind(names);
    for (int i = 0; i < names.size(); i++) {
      if (!labelled || i != 2) {
        inner = Masked.sourceRoom(names.get(i), inner);
      }
    }
    return inner;
  }

  private boolean isKind(List<String> names) {
    return alloy || ComponentKinds.BY_NAME.containsKey(names.get(0) + "." + names.get(1));
  }

  /** Parts of a name; a label is one too. */
  private static List<String> names(String raw) {
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '.' || Character.isWhitespace(c))) {
        add(names, name);
      } else {
        name.append(c);
      }
    }
    add(names, name);
    return names;
  }

  private static void add(List<String> names, StringBuilder name) {
    if (name.length() > 0) {
      names.add(name.toString());
      name.setLength(0);
    }
  }

  private void open(char closing) {
    endRun();
    Frame around = frames.element();
    if (!assigned && !around.isList()) {
      named(true);
    }
    valued = true;
    String inner = path();
    Masked.Room own = around.isList() ? around.room : room;
    if (closing != ')') {
      token(Kind.VALUE, at, at + 1, inner, false);
    }
    Open open = new Open(inner, line, at - lineStart, closing, "");
    if (frames.size() > 1 && closing == '}' && isComponent(inner, around.open.path())) {
      unclosed = unclosed == null ? outermost(inner) : unclosed;
    }
    frames.push(
        new Frame(open, closing == '}' ? Masked.blockRoom(key(inner), own) : own, path, own));
    reset();
  }

  private static String key(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private Open outermost(String inner) {
    Open outermost = frames.element().open;
    for (Frame frame : frames) {
      outermost = frame.open.path().isEmpty() ? outermost : frame.open;
    }
    String component = inner.substring(frames.element().open.path().length() + 1);
    return new Open(
        outermost.path(),
        outermost.line(),
        outermost.column(),
        outermost.closing(),
        component + " of line " + line);
  }

  /** A component begins where an argument belongs. */
  private static boolean isComponent(String inner, String outer) {
    String own = inner.startsWith(outer + ".") ? inner.substring(outer.length() + 1) : "";
    return outer.indexOf('.') > 0
        && ComponentKinds.BY_NAME.keySet().stream().anyMatch(kind -> own.startsWith(kind + "."));
  }

  private void close(char c) {
    endRun();
    if (frames.size() == 1) {
      reset();
      return;
    }
    Frame frame = frames.pop();
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
    Frame frame = frames.element();
    if (key.length() > MAX_LINE) {
      key.setLength(0); // no name is so long, and blank lines would look at it again and again
    }
    if (!frame.isList() && !assigned && key.length() > 0) {
      String raw = key.toString();
      named(false); // nothing follows on its line; a brace may follow on the next one
      key.append(raw);
    }
    endLine();
    if (valued && (!frame.isList() || !alloy)) {
      end();
    }
    line++;
    beginLine(at + 1, false);
  }

  private void beginLine(int start, boolean within) {
    lineStart = start;
    inside = within;
    tokens = new ArrayList<>();
    openQuote = -1;
    int end = text.indexOf('\n', start);
    lineEnd = end < 0 ? text.length() : end;
    collected = wanted.test(line) && lineEnd - start <= MAX_LINE;
    // Of a line within a string nothing is shown.
    boolean pending = !within && key.length() > 0 && hides(roomOf(names(key.toString()), false));
    secret = hides(room()) || pending;
  }

  private void endLine() {
    if (collected) {
      String own = text.substring(lineStart, lineEnd);
      lines.accept(new Line(line, own, tokens, inside, secret, openQuote));
    }
  }

  private void token(Kind kind, int from, int to, String of, boolean hidden) {
    if (collected && to > from && from >= lineStart) {
      tokens.add(new Token(kind, from - lineStart, to - lineStart, of, hidden));
    }
  }
}
