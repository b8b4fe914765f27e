package dev.stoker.config.text;

import dev.stoker.schema.Place;
import dev.stoker.schema.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds for problems that have a line the column in it, and shows the place. */
public final class Places {
  /**
   * A text as it was read.
   *
   * @param alloy in Alloy's syntax
   */
  public record Text(String text, boolean alloy) {}

  private Places() {}

  /** The same problems in the same order, each with its column and its excerpt where known. */
  public static List<Problem> found(List<Problem> problems, Map<String, Text> texts) {
    Map<String, List<Problem>> byFile =
        problems.stream()
            .filter(problem -> problem.line() > 0 && texts.containsKey(problem.file()))
            .collect(Collectors.groupingBy(Problem::file));
    Map<Problem, Problem> found = new HashMap<>();
    byFile.forEach(
        (file, own) -> {
          Text text = texts.get(file);
          if (text != null) {
            found(own, text, found);
          }
        });
    List<Problem> all = new ArrayList<>();
    for (Problem problem : problems) {
      all.add(found.getOrDefault(problem, problem.at(Math.max(0, problem.column()), "")));
    }
    return List.copyOf(all);
  }

  /** The block or list of a HOCON text that has no end; null = there is none. */
  public static @Nullable OpenBlock unclosed(String text) {
    return new SourceScan(text, false, line -> false, line -> {}).run().unclosed();
  }

  /**
   * Where in a line of HOCON a sign stands that means nothing there.
   *
   * @param sign 0 = none
   * @return from 1; 0 = not known
   */
  public static int column(String text, int line, char sign) {
    int[] column = new int[1];
    new SourceScan(
            text,
            false,
            number -> number == line,
            found -> column[0] = sign == 0 ? 0 : column(found, sign) + 1)
        .run();
    return column[0];
  }

  private static int column(SourceLine line, char sign) {
    int only = -1;
    for (int i = line.text().indexOf(sign); i >= 0; i = line.text().indexOf(sign, i + 1)) {
      for (SourceLine.Token token : line.tokens()) {
        boolean within = token.from() <= i && i < token.to();
        boolean quoted = within && "\"`".indexOf(line.text().charAt(token.from())) >= 0;
        if (within && !quoted && token.kind() == SourceLine.Kind.VALUE && token.to() > i + 1) {
          return i;
        }
        only = within && quoted ? only : i;
      }
    }
    return line.text().indexOf(sign) == line.text().lastIndexOf(sign) ? only : -1;
  }

  private static void found(List<Problem> problems, Text text, Map<Problem, Problem> found) {
    Map<Integer, List<Problem>> byLine =
        problems.stream().collect(Collectors.groupingBy(Problem::line));
    Set<String> unknown =
        problems.stream()
            .filter(problem -> problem.column() == Place.NAME && !problem.path().isEmpty())
            .map(problem -> problem.path().replace("\"", ""))
            .collect(Collectors.toSet());
    new SourceScan(
            text.text(),
            text.alloy(),
            byLine::containsKey,
            line ->
                byLine
                    .getOrDefault(line.number(), List.of())
                    .forEach(problem -> found.put(problem, found(problem, line, unknown))))
        .run();
  }

  private static Problem found(Problem problem, SourceLine line, Set<String> unknown) {
    int column = problem.column() > 0 ? problem.column() - 1 : column(problem, line);
    if (column < 0) {
      return problem.at(0, "");
    }
    String own =
        problem.column() == Place.NAME
            ? line.tokens().stream()
                .filter(token -> token.kind() == SourceLine.Kind.KEY && token.from() == column)
                .map(SourceLine.Token::path)
                .findFirst()
                .orElse("")
            : "";
    return problem.at(
        column + 1,
        Excerpt.of(
            line,
            column,
            !problem.path().isEmpty(),
            path ->
                isOfOne(path, unknown)
                    || !own.isEmpty() && (path.equals(own) || isWithin(path, own))));
  }

  private static boolean isOfOne(String path, Set<String> names) {
    if (names.isEmpty()) {
      return false;
    }
    for (int i = 0; i < path.length(); i++) {
      if ((path.charAt(i) == '.' || path.charAt(i) == '[')
          && names.contains(path.substring(0, i))) {
        return true;
      }
    }
    return names.contains(path);
  }

  /** The column of a problem, from 0; -1 = it is not known. */
  private static int column(Problem problem, SourceLine line) {
    boolean name = problem.column() == Place.NAME;
    if (problem.path().isEmpty()) {
      return name ? first(line) : line.unclosed();
    }
    String path = problem.path().replace("\"", "");
    int exact = column(line, path, name);
    if (exact >= 0) {
      return exact;
    }
    List<SourceLine.Token> names =
        line.tokens().stream().filter(token -> token.kind() == SourceLine.Kind.KEY).toList();
    String around = "";
    for (SourceLine.Token token : names) {
      if (last(token.path()).equals(last(path))) {
        return column(line, token.path(), name);
      }
      if (isWithin(token.path(), path)) {
        return column(line, token.path(), true); // a component without its label
      }
      boolean holds = isWithin(path, token.path());
      around = holds && token.path().length() > around.length() ? token.path() : around;
    }
    if (!around.isEmpty()) {
      return column(line, around, true);
    }
    // A value that is substituted, or a block that has another name in HOCON.
    return names.size() == 1 ? column(line, names.get(0).path(), name) : -1;
  }

  /** Column of the first name. */
  private static int first(SourceLine line) {
    return line.tokens().stream()
        .filter(token -> token.kind() == SourceLine.Kind.KEY)
        .mapToInt(SourceLine.Token::from)
        .findFirst()
        .orElse(-1);
  }

  private static boolean isWithin(String inner, String outer) {
    return inner.startsWith(outer + ".") || inner.startsWith(outer + "[");
  }

  private static int column(SourceLine line, String path, boolean name) {
    int other = -1;
    for (SourceLine.Token token : line.tokens()) {
      if (token.kind() != SourceLine.Kind.COMMENT && token.path().equals(path)) {
        if (token.kind() == SourceLine.Kind.KEY == name) {
          return token.from();
        }
        other = other < 0 ? token.from() : other;
      }
    }
    return other;
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
