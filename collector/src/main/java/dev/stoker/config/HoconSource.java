package dev.stoker.config;

import java.util.function.IntUnaryOperator;

/**
 * HOCON, and where its lines are in the file that the user wrote.
 *
 * @param lines line of the file by line of the text, both from 1
 */
record HoconSource(String text, IntUnaryOperator lines) {
  static HoconSource of(String text) {
    return new HoconSource(text, IntUnaryOperator.identity());
  }

  int line(int line) {
    return lines.applyAsInt(line);
  }
}
