package dev.stoker.config.text;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Finds blocks that stand twice in one file. HOCON merges them: of two endpoints one URL would be
 * left, with the password of the other. Merging on purpose (with a substitution, <code>+=</code>,
 * <code>include</code>, or a path that adds to a block) is left alone, and so is everything below
 * <code>vars</code>. The parser keeps no former values, so this reads the text: just enough of
 * HOCON to know keys, blocks and lists. Used once.
 */
public final class DuplicatesInFile {
  private static final int MAX_FINDINGS = 100;

  /**
   * @param error false = a warning
   */
  public record Finding(int line, String path, String message, boolean error) {}

  /** A brace or bracket that is open. */
  private static final class Open {
    final List<String> path;
    final boolean list;
    int elements;

    /**
     * The block joins what stands before it, by += or a substitution. Nothing in it stands twice.
     */
    boolean merged;

    Open(List<String> path, boolean list) {
      this.path = path;
      this.list = list;
    }
  }

  private final String text;
  private final Occurrences occurrences = new Occurrences();
  private final Deque<Open> open = new ArrayDeque<>();
  private int at;
  private int line = 1;

  // Of the member that is being read.
  private final StringBuilder key = new StringBuilder();
  private int keyLine;
  private boolean assigned;
  private boolean added;
  private boolean substituted;
  private boolean valued;
  private boolean object;

  private DuplicatesInFile(String text) {
    this.text = text;
    open.push(new Open(List.of(), false));
  }

  /** Finds all that stands twice in a text that {@link TextScan} has found no fault with. */
  public static List<Finding> find(String text) {
    DuplicatesInFile scan = new DuplicatesInFile(text);
    for (;
        scan.at < text.length() && scan.occurrences.findings().size() < MAX_FINDINGS;
        scan.at++) {
      scan.step(text.charAt(scan.at));
    }
    scan.end();
    return scan.occurrences.findings();
  }

  private void step(char c) {
    switch (c) {
      case '\n' -> {
        newline();
        line++;
      }
      case ',' -> end();
      case '#' -> skipLine();
      case '"' -> string();
      case '$' -> substitution();
      case '{' -> brace();
      case '[' -> bracket();
      case '}' -> close(false);
      case ']' -> close(true);
      case '=', ':' -> assign();
      default -> other(c);
    }
  }

  private void other(char c) {
    if (c == '/' && text.startsWith("//", at)) {
      skipLine();
    } else if (!assigned && !open.element().list) {
      keyStarts(c);
      key.append(c);
    } else if (!Character.isWhitespace(c)) {
      plain();
    }
  }

  private void keyStarts(char c) {
    if (!Character.isWhitespace(c) && key.toString().isBlank()) {
      keyLine = line;
    }
  }

  /** A part of a value that is neither a block nor a substitution. */
  private void plain() {
    valued = true;
    object = false;
  }

  private void assign() {
    if (assigned || open.element().list) {
      plain();
      return;
    }
    String name = key.toString().strip();
    added = name.endsWith("+");
    if (added) {
      key.setLength(key.lastIndexOf("+"));
    }
    assigned = true;
  }

  private void substitution() {
    int end = text.startsWith("${", at) ? text.indexOf('}', at) : -1;
    if (end < 0) {
      other('$');
      return;
    }
    line += (int) text.substring(at, end).chars().filter(c -> c == '\n').count();
    at = end;
    substituted = true;
    valued = true;
  }

  private void string() {
    int start = at;
    int from = line;
    skipString();
    if (!assigned && !open.element().list) {
      keyLine = key.toString().isBlank() ? from : keyLine;
      key.append(text, start, Math.min(text.length(), at + 1));
    } else {
      plain();
    }
  }

  private void skipString() {
    if (text.startsWith("\"\"\"", at)) {
      int close = text.indexOf("\"\"\"", at + 3);
      int end = close < 0 ? text.length() : close + 3;
      line += (int) text.substring(at, end).chars().filter(c -> c == '\n').count();
      at = end - 1;
      return;
    }
    for (at++; at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n'; at++) {
      if (text.charAt(at) == '\\') {
        at++;
      }
    }
    if (at < text.length() && text.charAt(at) == '\n') {
      at--;
    }
  }

  private void skipLine() {
    int end = text.indexOf('\n', at);
    at = (end < 0 ? text.length() : end) - 1;
  }

  /**
   * Ends a member. A line break between a key and its block, or between an equals sign and its
   * value, means nothing.
   */
  private void newline() {
    boolean pending = !open.element().list && !valued && !key.toString().isBlank();
    if (!pending || key.toString().strip().startsWith("include ")) {
      end();
    }
  }

  private void brace() {
    Open around = open.element();
    if (object && valued) {
      occurrences.finding(
          around.list ? around.path : path(around),
          keyLine == 0 ? line : keyLine,
          "stands behind another block on the same line without a comma, so the two would become"
              + " one; write a comma or a line break between them");
    }
    List<String> path = around.list ? element(around) : path(around);
    // A member that has a value already holds no second block: a comma is missing.
    if (!around.list
        && !around.merged
        && !added
        && !substituted
        && !valued
        && !path.equals(around.path)) {
      occurrences.block(path, around.path, keyLine);
    }
    opened(new Open(path, false));
  }

  /** A second list behind the first is joined to it. */
  private void bracket() {
    Open list = new Open(List.of(), true);
    list.merged = valued && !open.element().list;
    plain();
    opened(list);
  }

  private static List<String> element(Open list) {
    List<String> path = new ArrayList<>(list.path);
    path.add("[" + list.elements++ + "]");
    return path;
  }

  private List<String> path(Open around) {
    String name = key.toString().strip();
    if (name.isEmpty()) {
      return around.path;
    }
    List<String> path = new ArrayList<>(around.path);
    try {
      path.addAll(ConfigUtil.splitPath(name));
    } catch (ConfigException noPath) {
      path.add(name);
    }
    return path;
  }

  private void opened(Open inner) {
    Open around = open.element();
    Open pushed = inner.list ? new Open(around.list ? element(around) : path(around), true) : inner;
    boolean joined = valued && !around.list && !inner.list;
    pushed.merged = inner.merged || around.merged || added || substituted || joined;
    // What is read of this member goes on behind the closing brace.
    members.push(new Member(key.toString(), keyLine, assigned, added, substituted));
    open.push(pushed);
    reset();
  }

  /** A member whose value is open. */
  private record Member(
      String key, int line, boolean assigned, boolean added, boolean substituted) {}

  private final Deque<Member> members = new ArrayDeque<>();

  private void close(boolean list) {
    end();
    if (members.isEmpty()) {
      return;
    }
    open.pop();
    Member member = members.pop();
    key.append(member.key());
    keyLine = member.line();
    assigned = true;
    added = member.added();
    substituted = member.substituted();
    valued = true;
    object = !list;
  }

  /** The member ends. */
  private void end() {
    Open around = open.element();
    if (!around.list
        && !around.merged
        && assigned
        && valued
        && !object
        && !added
        && !key.toString().isBlank()) {
      occurrences.value(path(around), keyLine, substituted);
    }
    reset();
  }

  private void reset() {
    key.setLength(0);
    assigned = false;
    added = false;
    substituted = false;
    valued = false;
    object = false;
  }
}
