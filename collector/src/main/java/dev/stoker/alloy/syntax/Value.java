package dev.stoker.alloy.syntax;

import java.util.List;

/** The value of an expression, as far as it is known before the daemon runs. */
public sealed interface Value {
  /**
   * A text whose substitutions are HOCON's to fill in.
   *
   * @param parts neighbours are never both plain
   */
  record Text(List<Part> parts) implements Value {
    public static Text of(String plain) {
      return new Text(plain.isEmpty() ? List.of() : List.of(new Part(plain, false)));
    }

    public static Text substitution(String path) {
      return new Text(List.of(new Part(path, true)));
    }

    public boolean isPlain() {
      return parts.stream().noneMatch(Part::substitution);
    }

    /** Only for plain ones. */
    public String plain() {
      return parts.isEmpty() ? "" : parts.get(0).text();
    }

    public long length() {
      return parts.stream().mapToLong(part -> part.text().length()).sum();
    }
  }

  /**
   * @param text plain text, or the path of a substitution
   */
  record Part(String text, boolean substitution) {}

  /**
   * @param whole an integer, as far as Alloy is concerned: 7 but not 7.0
   */
  record Num(double number, boolean whole) implements Value {}

  record Bool(boolean value) implements Value {}

  record Nothing() implements Value {}

  /** A list. */
  record Items(List<Item> items, List<Comment> leftover) implements Value {}

  record Item(Value value, List<Comment> comments, int line) {}

  /** An object, in the order in which it is written. */
  record Entries(List<Entry> entries, List<Comment> leftover) implements Value {}

  record Entry(String key, Item item) {}

  /** An export of another component, such as <code>discovery.kubernetes.pods.targets</code>. */
  record Reference(String path) implements Value {}

  /**
   * The content of a <code>local.file</code>.
   *
   * @param file its file name
   */
  record Content(Text file, boolean secret) implements Value {}

  /** Names the type of the value in messages. */
  default String describe() {
    if (this instanceof Text) {
      return "a string";
    }
    if (this instanceof Num) {
      return "a number";
    }
    if (this instanceof Bool) {
      return "a boolean";
    }
    if (this instanceof Nothing) {
      return "null";
    }
    if (this instanceof Items) {
      return "a list";
    }
    if (this instanceof Entries) {
      return "an object";
    }
    return this instanceof Reference reference ? reference.path() : "a file's content";
  }
}
