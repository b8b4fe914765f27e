package dev.stoker.alloy.eval;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Item;
import dev.stoker.alloy.syntax.Value.Items;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** The functions of <code>string</code> and <code>file</code> that are more than one call. */
final class Strings {
  static Value join(Call call) throws AlloyError {
    call.takes(2, 2);
    Text separator = call.text(call.arguments().get(1));
    List<Text> texts = new ArrayList<>();
    for (Item item : call.list(0).items()) {
      if (!texts.isEmpty()) {
        texts.add(separator);
      }
      texts.add(call.text(item.value()));
    }
    return Texts.join(texts, call.line());
  }

  static Value replace(Call call) throws AlloyError {
    call.takes(3, 3);
    String text = call.plain(0);
    String with = call.plain(2);
    if ((text.length() + 1L) * Math.max(1, with.length()) > Texts.MAX_LENGTH * 4L
        && text.length() + (long) with.length() > 1024) {
      throw Texts.tooLong(call.line());
    }
    return Text.of(text.replace(call.plain(1), with));
  }

  /** An empty separator parts characters. */
  static Value split(Call call) throws AlloyError {
    call.takes(2, 2);
    String text = call.plain(0);
    String separator = call.plain(1);
    List<Item> items = new ArrayList<>();
    if (separator.isEmpty()) {
      for (int point : text.codePoints().toArray()) {
        call.add(items, Text.of(Character.toString(point)));
      }
    } else {
      for (String part : Pattern.compile(separator, Pattern.LITERAL).split(text, -1)) {
        items.add(call.item(Text.of(part)));
      }
    }
    return new Items(items, List.of());
  }

  static Value trim(Call call) throws AlloyError {
    call.takes(2, 2);
    int[] text = call.plain(0).codePoints().toArray();
    String set = call.plain(1);
    int from = 0;
    int to = text.length;
    while (from < to && set.indexOf(text[from]) >= 0) {
      from++;
    }
    while (to > from && set.indexOf(text[to - 1]) >= 0) {
      to--;
    }
    return Text.of(new String(text, from, to - from));
  }

  static Value trimPrefix(Call call) throws AlloyError {
    call.takes(2, 2);
    String text = call.plain(0);
    String prefix = call.plain(1);
    return Text.of(text.startsWith(prefix) ? text.substring(prefix.length()) : text);
  }

  static Value trimSuffix(Call call) throws AlloyError {
    call.takes(2, 2);
    String text = call.plain(0);
    String suffix = call.plain(1);
    boolean ends = text.endsWith(suffix);
    return Text.of(ends ? text.substring(0, text.length() - suffix.length()) : text);
  }

  static Value pathJoin(Call call) throws AlloyError {
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < call.arguments().size(); i++) {
      String part = call.plain(i);
      joined.append(joined.length() == 0 || part.isEmpty() ? "" : "/").append(part);
    }
    if (joined.length() == 0) {
      return Text.of("");
    }
    boolean absolute = joined.charAt(0) == '/';
    Deque<String> names = new ArrayDeque<>();
    for (String name : joined.toString().split("/", -1)) {
      boolean up = name.equals("..");
      if (up && !names.isEmpty() && !names.getLast().equals("..")) {
        names.removeLast();
      } else if (!name.isEmpty() && !name.equals(".") && !(up && absolute)) {
        names.add(name);
      }
    }
    String path = (absolute ? "/" : "") + String.join("/", names);
    return Text.of(path.isEmpty() ? "." : path);
  }

  private Strings() {}
}
