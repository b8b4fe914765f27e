package dev.stoker.receive.ingest;

import dev.stoker.receive.InvalidPush;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Stacks as lines of text: <code>a;b;c 12</code>, or one line for each sample. */
final class StackText {
  /** Characters of a stack; Pyroscope reads no longer line either. */
  private static final int MOST = 64 << 10;

  /**
   * @param counted each line ends with a number; false = it counts as one
   */
  static void read(byte[] text, boolean counted, StackProfile into) throws InvalidPush {
    int number = 0;
    for (int from = 0; from < text.length; ) {
      int end = from;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      number++;
      if (end - from > MOST) {
        throw new InvalidPush("line " + number + " has more than " + MOST + " bytes");
      }
      String line = new String(text, from, end - from, StandardCharsets.UTF_8).stripTrailing();
      if (!line.isEmpty()) {
        line(line, counted, number, into);
      }
      from = end + 1;
    }
  }

  private static void line(String line, boolean counted, int number, StackProfile into)
      throws InvalidPush {
    if (!counted) {
      into.add(frames(line), 1);
      return;
    }
    int space = line.lastIndexOf(' ');
    String value = line.substring(space + 1);
    if (space <= 0 || !value.matches("[0-9]{1,18}")) {
      throw new InvalidPush(
          "line "
              + number
              + " is no stack (frames joined by ';', a space, a number): "
              + InvalidPush.shown(line));
    }
    into.add(frames(line.substring(0, space)), Long.parseLong(value));
  }

  static List<String> frames(String stack) throws InvalidPush {
    if (stack.length() > MOST) {
      throw new InvalidPush("a stack has more than " + MOST + " characters");
    }
    return Arrays.stream(stack.split(";")).filter(frame -> !frame.isEmpty()).toList();
  }

  private StackText() {}
}
