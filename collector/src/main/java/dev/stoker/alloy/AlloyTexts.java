package dev.stoker.alloy;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Parser;
import dev.stoker.alloy.syntax.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The texts of a config. Their lines are counted on from one text to the next. */
final class AlloyTexts {
  private final List<AlloyText> texts;

  /** For each text, how many lines there are before it. */
  private final List<Integer> starts = new ArrayList<>();

  private final int own;
  private int lines;
  private long chars;

  AlloyTexts(List<AlloyText> texts) {
    this.texts = new ArrayList<>();
    this.own = texts.size();
    texts.forEach(this::add);
  }

  private void add(AlloyText text) {
    texts.add(text);
    starts.add(lines);
    lines += (int) text.text().chars().filter(c -> c == '\n').count() + 1;
  }

  /** Adds a text of a module, and parses it. */
  Statement.Body parse(AlloyText text) throws AlloyError {
    add(text);
    chars += text.text().length();
    return parse(texts.size() - 1, chars);
  }

  /** Texts of modules. */
  List<AlloyText> imported() {
    return texts.subList(own, texts.size());
  }

  int size() {
    return texts.size();
  }

  String name(int text) {
    return texts.get(text).name();
  }

  /** See {@link Translation#starts}. */
  List<Integer> starts() {
    return starts;
  }

  /** The first line of a text. */
  int firstLine(int text) {
    return starts.get(text) + 1;
  }

  /** Parses each text. One that cannot be parsed is a problem, and an empty body. */
  List<Statement.Body> parse(Report report) {
    List<Statement.Body> bodies = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      int length = texts.get(i).text().length();
      chars += length <= Translator.MAX_CHARS ? length : 0;
      try {
        bodies.add(parse(i, chars));
      } catch (AlloyError error) {
        report.problem(error, "");
        bodies.add(new Statement.Body(List.of(), List.of()));
      }
    }
    return bodies;
  }

  private Statement.Body parse(int text, long chars) throws AlloyError {
    int before = starts.get(text);
    String content = texts.get(text).text();
    if (content.length() > Translator.MAX_CHARS) {
      throw new AlloyError(
          before + 1, "has more than " + Translator.MAX_CHARS + " characters; split it");
    }
    if (chars > Translator.MAX_ALL_CHARS) {
      throw new AlloyError(
          before + 1,
          "the files up to this one have more than "
              + Translator.MAX_ALL_CHARS
              + " characters; take out what has nothing to do with profiles");
    }
    return Parser.parse(content, before, KnownBlocks::isComponent);
  }

  /** The lines of a block, as they are written. */
  List<String> lines(Statement.Block block) {
    int text = textOf(block.line());
    int from = block.line() - starts.get(text) - 1;
    String[] lines = texts.get(text).text().split("\n", -1);
    return Arrays.asList(lines).subList(from, from + block.lastLine() - block.line() + 1);
  }

  /** Says in messages where a line is. */
  String where(int line) {
    int text = textOf(line);
    String inside = "line " + (line - starts.get(text));
    return texts.size() == 1 ? inside : inside + " of " + name(text);
  }

  private int textOf(int line) {
    int text = texts.size() - 1;
    while (text > 0 && starts.get(text) >= line) {
      text--;
    }
    return text;
  }
}
