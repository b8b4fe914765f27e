package dev.stoker.app.flags;

import dev.stoker.schema.Texts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The command line of <code>run</code> without Alloy's flags, so that one that was written for
 * Alloy starts Stoker.
 *
 * @param words Stoker's own, with what it takes of Alloy's
 * @param notes what became of Alloy's
 * @param problems not empty = the command line is wrong
 */
public record RunFlags(
    List<String> words, List<String> notes, List<String> warnings, List<String> problems) {
  /** Those of <code>run</code>. Two have a value. */
  static final Set<String> STOKERS =
      Set.of("--listen", "--storage", "--strict", "--help", "--version");

  /**
   * @param words after <code>run</code>
   */
  public static RunFlags read(List<String> words) {
    RunFlags read =
        new RunFlags(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    Map<String, String> taken = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--")) {
        read.words.addAll(words.subList(i, words.size()));
        break;
      }
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      Optional<AlloyFlag> flag = AlloyFlags.named(name);
      if (flag.isEmpty()) {
        read.others(word, name);
        continue;
      }
      String value = equals < 0 ? "" : word.substring(equals + 1);
      if (equals < 0 && flag.get().isSwitch()) {
        value = "true";
      } else if (equals < 0 && i + 1 < words.size() && !words.get(i + 1).startsWith("--")) {
        value = words.get(++i);
      } else if (equals < 0) {
        read.problems.add(name + " needs a value");
        continue;
      }
      read.given(flag.get(), value, taken);
    }
    read.take(taken);
    return read;
  }

  private void others(String word, String name) {
    words.add(word);
    if (name.startsWith("--") && !STOKERS.contains(name)) {
      List<String> known =
          Stream.concat(STOKERS.stream().sorted(), AlloyFlags.all().stream().map(AlloyFlag::word))
              .toList();
      problems.add(
          "unknown flag "
              + Texts.excerpt(name)
              + Texts.nearest(name, known)
                  .map(near -> "; did you mean " + near + "?")
                  .orElse("; `stoker help run` shows those that there are"));
    }
  }

  private void given(AlloyFlag flag, String text, Map<String, String> taken) {
    Optional<String> value = flag.value(text);
    if (value.isEmpty()) {
      problems.add(flag.word() + "=" + Texts.excerpt(text) + ": write true or false");
      return;
    }
    if (value.get().equals(flag.same())) {
      return;
    }
    String why = flag.why().replace("`", "");
    switch (flag.fate()) {
      // As in Alloy, the last one wins.
      case TAKEN -> taken.put(flag.word(), value.get());
      case NOTED -> notes.add(flag.word() + " has no effect: " + why);
      case WARNED -> warnings.add(flag.word() + " has no effect: " + why);
      case REFUSED -> problems.add(flag.word() + "=" + Texts.excerpt(text) + ": " + why);
    }
  }

  private void take(Map<String, String> taken) {
    taken.forEach(
        (word, text) -> {
          String option = AlloyFlags.named(word).orElseThrow().why();
          // Go listens at all addresses when there is none.
          String value =
              option.equals("--listen") && text.startsWith(":") ? "0.0.0.0" + text : text;
          if (words.stream().anyMatch(w -> w.equals(option) || w.startsWith(option + "="))) {
            problems.add(option + " and " + word + " say the same; leave one of them out");
          }
          words.add(0, value);
          words.add(0, option);
          notes.add(word + " is taken as " + option + " " + value);
        });
  }
}
