package dev.stoker.alloy;

import dev.stoker.alloy.eval.Numbers;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Comment;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Entries;
import dev.stoker.alloy.syntax.Value.Item;
import dev.stoker.alloy.syntax.Value.Items;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes HOCON line by line, and remembers for each line which one of the source it came from.
 * Bounded: {@link #MAX_CHARS}.
 */
final class HoconWriter {
  /** The loader takes at most 2 MiB. */
  static final int MAX_CHARS = 1 << 20;

  private static final int WIDTH = 110;

  /**
   * @param continued in the middle of a text, so that no space may be put in front
   * @param commented ends in a comment, so that nothing may follow on it
   */
  private record Line(String text, int source, boolean continued, boolean commented) {}

  private final List<Line> lines = new ArrayList<>();
  private int chars;
  private int indent;

  /**
   * @param source line in Alloy's text
   */
  void line(String text, int source) throws AlloyError {
    line(text, "", source);
  }

  private void line(String text, String comment, int source) throws AlloyError {
    boolean continued = false;
    for (String each : text.split("\n", -1)) {
      add(new Line(each, source, continued, false));
      continued = true;
    }
    if (!comment.isEmpty()) {
      Line last = lines.remove(lines.size() - 1);
      chars += comment.length();
      lines.add(new Line(last.text() + comment, source, last.continued(), true));
    }
  }

  private void add(Line line) throws AlloyError {
    String text = line.text();
    String prefix = text.isEmpty() || line.continued() ? "" : "  ".repeat(indent);
    chars += prefix.length() + text.length() + 1;
    if (chars > MAX_CHARS) {
      throw new AlloyError(
          line.source(), "the result grows over " + MAX_CHARS + " characters; split it");
    }
    lines.add(new Line(prefix + text, line.source(), line.continued(), line.commented()));
  }

  /** Appends all lines of another writer, at the indentation of this one. */
  void append(HoconWriter other) throws AlloyError {
    for (Line line : other.lines) {
      add(line);
    }
  }

  /** Writes the content on one line, when it is short and has that many lines; else null. */
  @org.jspecify.annotations.Nullable
  String joined(int count) {
    boolean plain =
        lines.size() == count
            && lines.stream()
                .noneMatch(
                    line -> line.continued() || line.commented() || line.text().startsWith("#"));
    String joined = String.join(", ", lines.stream().map(Line::text).toList());
    return plain && joined.length() < WIDTH * 3 / 2 ? joined : null;
  }

  void blank(int source) throws AlloyError {
    if (!lines.isEmpty()) {
      line("", source);
    }
  }

  void comments(List<Comment> comments) throws AlloyError {
    for (Comment comment : comments) {
      for (String each : comment.text().split("\n", -1)) {
        line(("# " + each.strip().replaceFirst("^\\* ?", "")).strip(), comment.line());
      }
    }
  }

  void open(String text, int source) throws AlloyError {
    line(text, source);
    indent++;
  }

  void close(String text, int source) throws AlloyError {
    indent--;
    line(text, source);
  }

  /**
   * @param trailing comments for the end of the line
   */
  void attribute(String key, Value value, List<Comment> trailing, int source) throws AlloyError {
    String behind = behind(trailing);
    String inline = inline(value);
    if (inline != null && inline.length() + key.length() < WIDTH) {
      line(key + " = " + inline, behind, source);
    } else if (value instanceof Items items) {
      open(key + " = [" + behind, source);
      items(items);
      close("]", source);
    } else if (value instanceof Entries entries) {
      open(key + " {" + behind, source);
      entries(entries);
      close("}", source);
    } else {
      line(key + " = " + scalar(value), behind, source);
    }
  }

  static String behind(List<Comment> trailing) {
    StringBuilder text = new StringBuilder();
    trailing.forEach(comment -> text.append(" # ").append(comment.text().replace('\n', ' ')));
    return text.toString();
  }

  private void items(Items items) throws AlloyError {
    for (Item item : items.items()) {
      comments(item.comments());
      String inline = inline(item.value());
      if (inline != null && inline.length() < WIDTH * 3) {
        line(inline, item.line());
      } else if (item.value() instanceof Items inner) {
        open("[", item.line());
        items(inner);
        close("]", item.line());
      } else if (item.value() instanceof Entries inner) {
        open("{", item.line());
        entries(inner);
        close("}", item.line());
      } else {
        line(scalar(item.value()), item.line());
      }
    }
    comments(items.leftover());
  }

  private void entries(Entries entries) throws AlloyError {
    for (Value.Entry entry : entries.entries()) {
      comments(entry.item().comments());
      attribute(HoconText.key(entry.key()), entry.item().value(), List.of(), entry.item().line());
    }
    comments(entries.leftover());
  }

  /** Writes a value on one line; null when it has comments or lines of its own. */
  private static @org.jspecify.annotations.Nullable String inline(Value value) {
    List<String> parts = new ArrayList<>();
    if (value instanceof Items items) {
      if (!items.leftover().isEmpty()) {
        return null;
      }
      for (Item item : items.items()) {
        String part = item.comments().isEmpty() ? inline(item.value()) : null;
        if (part == null) {
          return null;
        }
        parts.add(part);
      }
      return parts.isEmpty() ? "[]" : "[ " + String.join(", ", parts) + " ]";
    }
    if (value instanceof Entries entries) {
      if (!entries.leftover().isEmpty()) {
        return null;
      }
      for (Value.Entry entry : entries.entries()) {
        String part = entry.item().comments().isEmpty() ? inline(entry.item().value()) : null;
        if (part == null) {
          return null;
        }
        parts.add(HoconText.key(entry.key()) + " = " + part);
      }
      return parts.isEmpty() ? "{}" : "{ " + String.join(", ", parts) + " }";
    }
    String scalar = scalar(value);
    return scalar.indexOf('\n') >= 0 ? null : scalar;
  }

  private static String scalar(Value value) {
    if (value instanceof Text text) {
      return HoconText.text(text);
    }
    if (value instanceof Value.Num num) {
      return Numbers.show(num.number());
    }
    if (value instanceof Value.Bool bool) {
      return Boolean.toString(bool.value());
    }
    return value instanceof Value.Reference reference ? reference.path() : "null";
  }

  String text() {
    StringBuilder out = new StringBuilder(chars);
    lines.forEach(line -> out.append(line.text()).append('\n'));
    return out.toString();
  }

  /** Line of the source by line of the text, both from 1; the first element is not used. */
  List<Integer> sourceLines() {
    List<Integer> sources = new ArrayList<>(List.of(0));
    lines.forEach(line -> sources.add(line.source()));
    return List.copyOf(sources);
  }
}
