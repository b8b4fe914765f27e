package dev.stoker.pprof.edit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Changes the labels inside one profile so that a server takes them, and tells afterwards what it
 * has changed.
 */
public final class LabelMender implements SampleLabels.Editor {
  /** Bytes that the name of a label may have; the default of every Pyroscope. */
  public static final int NAME_BYTES = 1024;

  private static final int NAMED = 3;
  private static final int EXCERPT = 60;

  /**
   * The limits of a server on labels.
   *
   * @param names true = names of other characters than letters, digits, _ and ., and too long ones
   * @param valueBytes a longer value; 0 = it takes any
   * @param labels more labels of one series, those of the target included; 0 = it takes any number
   */
  public record Limits(boolean names, int valueBytes, int labels) {
    public static final Limits NONE = new Limits(false, 0, 0);

    public boolean isNone() {
      return equals(NONE);
    }
  }

  /** The reason why a label was changed or removed. */
  public enum Reason {
    /** Another name. */
    NAME("renamed"),
    /** The label was removed, because its corrected name was taken. */
    CLASH("left out, because their names clash"),
    /** A shorter value. */
    VALUE("shortened"),
    /** The label was removed, because there were too many. */
    NUMBER("left out, because there were too many");

    private final String text;

    Reason(String text) {
      this.text = text;
    }
  }

  private final Limits limits;
  private final Set<String> own;
  private final Map<Reason, Set<String>> mended = new EnumMap<>(Reason.class);
  private Map<String, Integer> values = Map.of();

  /**
   * @param own names of the labels of the target, which count and which stay
   */
  public LabelMender(Limits limits, Collection<String> own) {
    this.limits = limits;
    this.own = Set.copyOf(own);
  }

  @Override
  public List<@Nullable List<Label>> edit(List<LabelSet> sets) {
    List<List<Label>> mendedSets = new ArrayList<>(sets.size());
    for (LabelSet set : sets) {
      mendedSets.add(values(names(set.labels())));
    }
    if (limits.labels() > 0) {
      values = distinctValues(mendedSets);
      mendedSets.replaceAll(this::number);
    }
    return new ArrayList<>(mendedSets);
  }

  /** Reasons, each with the names of the labels that were mended for it; names as they came. */
  public Map<Reason, Set<String>> mended() {
    return mended;
  }

  /**
   * Describes the changes for users, such as <code>labels renamed: a-b, local root span id</code>;
   * bounded.
   */
  public String summary() {
    StringJoiner text = new StringJoiner("; ");
    mended.forEach(
        (reason, names) -> {
          StringJoiner some = new StringJoiner(", ", "labels " + reason.text + ": ", "");
          names.stream().sorted().limit(NAMED).map(LabelMender::excerpt).forEach(some::add);
          text.add(some + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : ""));
        });
    return text.toString();
  }

  private List<Label> names(List<Label> labels) {
    if (!limits.names() || labels.isEmpty()) {
      return labels;
    }
    Set<String> taken = new HashSet<>();
    Set<String> used = new HashSet<>();
    for (Label label : labels) {
      if (label.name().equals(plain(label.name()))) {
        taken.add(flat(label.name()));
      }
    }
    List<Label> fine = new ArrayList<>(labels.size());
    for (Label label : labels) {
      String plain = plain(label.name());
      boolean same = plain.equals(label.name());
      boolean clash = !same && taken.contains(flat(plain)) || !used.add(flat(plain));
      if (clash) {
        note(Reason.CLASH, label);
      } else if (same) {
        fine.add(label);
      } else {
        note(Reason.NAME, label);
        fine.add(new Label(plain, label.value()));
      }
    }
    return fine;
  }

  /** Pyroscope 1 takes dots and makes underscores of them: names that differ so clash there. */
  private static String flat(String name) {
    return name.replace('.', '_');
  }

  private static String plain(String name) {
    StringBuilder plain = new StringBuilder(Math.min(name.length(), NAME_BYTES));
    int end = 0;
    for (int i = 0; i < name.length() && end < NAME_BYTES; i += width(name, i)) {
      char c = name.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
      boolean later = c >= '0' && c <= '9' || c == '.';
      plain.append(letter || later && i > 0 ? c : '_');
      end++;
    }
    return plain.isEmpty() ? "_" : plain.toString();
  }

  private static int width(String text, int at) {
    return Character.charCount(text.codePointAt(at));
  }

  private List<Label> values(List<Label> labels) {
    if (limits.valueBytes() == 0) {
      return labels;
    }
    List<Label> fine = new ArrayList<>(labels.size());
    for (Label label : labels) {
      String cut = cut(label.value(), limits.valueBytes());
      if (cut.length() == label.value().length()) {
        fine.add(label);
      } else {
        note(Reason.VALUE, label);
        fine.add(new Label(label.name(), cut));
      }
    }
    return fine;
  }

  /** The longest start of it that has no more bytes in UTF-8, and no part of a character. */
  static String cut(String value, int bytes) {
    if (3L * value.length() <= bytes) {
      return value;
    }
    byte[] all = value.getBytes(StandardCharsets.UTF_8);
    if (all.length <= bytes) {
      return value;
    }
    int end = bytes;
    while (end > 0 && (all[end] & 0xc0) == 0x80) {
      end--;
    }
    return new String(all, 0, end, StandardCharsets.UTF_8);
  }

  /** Numbers of different values in this profile, by label name. */
  private static Map<String, Integer> distinctValues(List<List<Label>> sets) {
    Set<Label> different = new HashSet<>();
    sets.forEach(different::addAll);
    Map<String, Integer> values = new HashMap<>();
    different.forEach(label -> values.merge(label.name(), 1, Integer::sum));
    return values;
  }

  /** A label whose name the target has too is no further one: the server takes the target's. */
  private List<Label> number(List<Label> labels) {
    Set<String> further = new TreeSet<>();
    for (Label label : labels) {
      if (!own.contains(label.name())) {
        further.add(label.name());
      }
    }
    int over = own.size() + further.size() - limits.labels();
    if (over <= 0) {
      return labels;
    }
    Set<String> going = new HashSet<>();
    further.stream()
        .sorted(
            Comparator.comparingInt((String name) -> values.getOrDefault(name, 0))
                .reversed()
                .thenComparing(Comparator.reverseOrder()))
        .limit(over)
        .forEach(going::add);
    List<Label> fine = new ArrayList<>(labels.size());
    for (Label label : labels) {
      if (going.contains(label.name())) {
        note(Reason.NUMBER, label);
      } else {
        fine.add(label);
      }
    }
    return fine;
  }

  private void note(Reason reason, Label label) {
    mended.computeIfAbsent(reason, missing -> new LinkedHashSet<>()).add(label.name());
  }

  private static String excerpt(String name) {
    return name.length() <= EXCERPT ? name : cut(name, EXCERPT) + "…";
  }
}
