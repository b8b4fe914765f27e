package dev.stoker.config;

import com.typesafe.config.ConfigOrigin;
import java.util.List;
import java.util.TreeSet;

/** Collects problems while a config is read; reading goes on after each, with defaults. */
final class Problems {
  private final TreeSet<Problem> errors = new TreeSet<>();
  private final TreeSet<Problem> warnings = new TreeSet<>();

  void error(ConfigOrigin origin, String path, String message) {
    errors.add(at(origin, path, message));
  }

  void error(Problem problem) {
    errors.add(problem);
  }

  void warning(ConfigOrigin origin, String path, String message) {
    warnings.add(at(origin, path, message));
  }

  boolean none() {
    return errors.isEmpty();
  }

  List<Problem> errors() {
    return List.copyOf(errors);
  }

  List<Problem> warnings() {
    return List.copyOf(warnings);
  }

  private static Problem at(ConfigOrigin origin, String path, String message) {
    return new Problem(file(origin), Math.max(0, origin.lineNumber()), path, message);
  }

  static String file(ConfigOrigin origin) {
    String file = origin.filename();
    return file == null ? origin.description() : file;
  }
}
