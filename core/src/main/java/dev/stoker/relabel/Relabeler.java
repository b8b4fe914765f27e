package dev.stoker.relabel;

import dev.stoker.labels.Labels;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies rules in order, each seeing what the ones before it did. Immutable and thread-safe. What
 * rules add is bounded ({@link #MAX_VALUE}, {@link #MAX_LABELS}, {@link #MAX_ADDED}): a few rules
 * that double a value or map all labels would otherwise take exponential memory.
 */
public final class Relabeler {
  /** Characters of a value or name that a rule makes. */
  public static final int MAX_VALUE = 64 << 10;

  /** Labels of one set once a rule has added some. */
  public static final int MAX_LABELS = 4_096;

  /** Characters that all rules together may add to one label set. */
  public static final int MAX_ADDED = 1 << 20;

  private static final int EXCERPT = 120;

  private final List<RelabelRule> rules;

  public Relabeler(List<RelabelRule> rules) {
    this.rules = List.copyOf(rules);
  }

  public List<RelabelRule> rules() {
    return rules;
  }

  /** Equal rules in the same order: a reload leaves alone what is written as before. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Relabeler that && rules.equals(that.rules);
  }

  @Override
  public int hashCode() {
    return rules.hashCode();
  }

  @Override
  public String toString() {
    return rules.toString();
  }

  public Relabeled apply(Labels labels) {
    Run run = new Run(labels);
    for (int i = 0; i < rules.size(); i++) {
      if (!run.rule(rules.get(i), i + 1)) {
        return run.ended();
      }
    }
    return new Relabeled.Kept(run.changed ? run.labels.build() : labels);
  }

  /**
   * The same, step by step; ends with the rule that dropped it.
   *
   * @see RelabelStep
   */
  public List<RelabelStep> explain(Labels labels) {
    return explain(labels, Long.MAX_VALUE);
  }

  /**
   * The same, but ends early when what the steps hold grows over a bound.
   *
   * @param maxChars characters of all names and values after each step
   */
  public List<RelabelStep> explain(Labels labels, long maxChars) {
    List<RelabelStep> steps = new ArrayList<>();
    Run run = new Run(labels);
    Labels before = labels;
    long chars = 0;
    for (int i = 0; i < rules.size() && chars <= maxChars; i++) {
      run.changed = false;
      boolean goesOn = run.rule(rules.get(i), i + 1);
      Labels after = run.changed ? run.labels.build() : before;
      chars += size(after);
      steps.add(RelabelStep.of(i + 1, goesOn ? null : run.ended(), before, after));
      if (!goesOn) {
        break;
      }
      before = after;
    }
    return steps;
  }

  private static long size(Labels labels) {
    long[] chars = new long[1];
    labels.forEach((name, value) -> chars[0] += name.length() + value.length() + 8L);
    return chars[0];
  }

  /** One label set on its way through the rules. */
  private static final class Run {
    private final Labels.Builder labels;
    private boolean changed;
    private int added;
    private Relabeled ended = new Relabeled.Dropped(0, "");

    Run(Labels labels) {
      this.labels = labels.toBuilder();
    }

    Relabeled ended() {
      return ended;
    }

    /**
     * @return false = the set is dropped, see {@link #ended}
     */
    boolean rule(RelabelRule rule, int number) {
      String value = value(rule.spec());
      if (value.length() > MAX_ADDED) {
        ended =
            new Relabeled.TooLarge(
                number, "its source labels have more than " + MAX_ADDED + " characters together");
        return false;
      }
      boolean kept =
          switch (rule.spec().action()) {
            case KEEP -> matches(rule, value);
            case DROP -> !matches(rule, value);
            case KEEPEQUAL -> value.equals(labels.get(rule.spec().targetLabel()));
            case DROPEQUAL -> !value.equals(labels.get(rule.spec().targetLabel()));
            default -> true;
          };
      if (!kept) {
        ended = new Relabeled.Dropped(number, saw(rule.spec(), value));
        return false;
      }
      String tooLarge = change(rule, value);
      if (!tooLarge.isEmpty()) {
        ended = new Relabeled.TooLarge(number, tooLarge);
        return false;
      }
      return true;
    }

    private String change(RelabelRule rule, String value) {
      RelabelRule.Spec spec = rule.spec();
      return switch (spec.action()) {
        case KEEP, DROP, KEEPEQUAL, DROPEQUAL -> "";
        case REPLACE -> replace(rule, value);
        case HASHMOD -> set(spec.targetLabel(), hashmod(value, spec.modulus()));
        case LOWERCASE -> set(spec.targetLabel(), map(value, false));
        case UPPERCASE -> set(spec.targetLabel(), map(value, true));
        case LABELMAP -> labelmap(rule);
        case LABELDROP -> remove(rule, true);
        case LABELKEEP -> remove(rule, false);
      };
    }

    private String replace(RelabelRule rule, String value) {
      AnchoredRegex.Groups match = rule.regex().match(value);
      if (match == null) {
        return "";
      }
      String target = rule.target().expand(match);
      if (target.isEmpty()) {
        return "";
      }
      return set(target, rule.replacement().expand(match));
    }

    private String labelmap(RelabelRule rule) {
      for (Map.Entry<String, String> label : labels.build().toMap().entrySet()) {
        AnchoredRegex.Groups match = rule.regex().match(label.getKey());
        if (match != null) {
          String name = rule.replacement().expand(match);
          String tooLarge = name.isEmpty() ? "" : set(name, label.getValue());
          if (!tooLarge.isEmpty()) {
            return tooLarge;
          }
        }
      }
      return "";
    }

    private String remove(RelabelRule rule, boolean matching) {
      List<String> gone = new ArrayList<>();
      labels
          .build()
          .forEach(
              (name, ignored) -> {
                if (matches(rule, name) == matching) {
                  gone.add(name);
                }
              });
      changed |= !gone.isEmpty();
      labels.remove(gone);
      return "";
    }

    /** What is too large about it, or "". */
    private String set(String name, String value) {
      if (labels.get(name).equals(value)) {
        return "";
      }
      if (name.length() > MAX_VALUE || value.length() > MAX_VALUE) {
        return "label "
            + excerpt(name)
            + " would grow to "
            + Math.max(name.length(), value.length())
            + " characters; at most "
            + MAX_VALUE;
      }
      added += name.length() + value.length();
      changed = true;
      labels.set(name, value);
      if (labels.size() > MAX_LABELS) {
        return "it would have more than " + MAX_LABELS + " labels";
      }
      return added > MAX_ADDED ? "rules add more than " + MAX_ADDED + " characters to it" : "";
    }

    private String value(RelabelRule.Spec spec) {
      List<String> names = spec.sourceLabels();
      if (names.size() == 1) {
        return labels.get(names.get(0));
      }
      StringBuilder value = new StringBuilder();
      for (int i = 0; i < names.size() && value.length() <= MAX_ADDED; i++) {
        value.append(i == 0 ? "" : spec.separator()).append(labels.get(names.get(i)));
      }
      return value.toString();
    }

    private String saw(RelabelRule.Spec spec, String value) {
      String sources = String.join(spec.separator(), spec.sourceLabels());
      String detail = spec.action().label() + " " + sources + " saw \"" + excerpt(value) + "\"";
      return switch (spec.action()) {
        case KEEPEQUAL, DROPEQUAL ->
            detail
                + " and "
                + spec.targetLabel()
                + " \""
                + excerpt(labels.get(spec.targetLabel()))
                + "\"";
        default -> detail + ", regex " + excerpt(spec.regex());
      };
    }
  }

  private static boolean matches(RelabelRule rule, String value) {
    return rule.regex().matches(value);
  }

  /** The last 8 bytes of MD5, as an unsigned number, modulo; Prometheus' sharding depends on it. */
  private static String hashmod(String value, long modulus) {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(value.getBytes(StandardCharsets.UTF_8));
      return Long.toString(Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(8), modulus));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has MD5", missing);
    }
  }

  /** Code point by code point as Go does; String's own mapping turns ß into SS. */
  private static String map(String value, boolean upper) {
    StringBuilder out = new StringBuilder(value.length());
    value
        .codePoints()
        .map(point -> upper ? Character.toUpperCase(point) : Character.toLowerCase(point))
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  static String excerpt(String text) {
    return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "…";
  }
}
