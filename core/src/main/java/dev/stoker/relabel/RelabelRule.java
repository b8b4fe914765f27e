package dev.stoker.relabel;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One rule, checked and compiled. Semantics of Prometheus' model/relabel: the regex is anchored at
 * both ends and its dot matches newlines. Immutable; equal when written equally.
 */
public final class RelabelRule {
  public static final String DEFAULT_SEPARATOR = ";";
  public static final String DEFAULT_REGEX = "(.*)";
  public static final String DEFAULT_REPLACEMENT = "$1";

  /**
   * A rule as it is written.
   *
   * @param sourceLabels their values, joined by the separator, are what the regex sees
   * @param modulus of hashmod; 0 = not set
   */
  public record Spec(
      Action action,
      List<String> sourceLabels,
      String separator,
      String regex,
      String targetLabel,
      String replacement,
      long modulus) {
    public Spec {
      sourceLabels = List.copyOf(sourceLabels);
    }

    /** A rule with Prometheus' defaults. */
    public static Spec of(Action action, String... sourceLabels) {
      return new Spec(
          action,
          List.of(sourceLabels),
          DEFAULT_SEPARATOR,
          DEFAULT_REGEX,
          "",
          DEFAULT_REPLACEMENT,
          0);
    }

    public Spec regex(String newRegex) {
      return new Spec(action, sourceLabels, separator, newRegex, targetLabel, replacement, modulus);
    }

    public Spec target(String newTarget) {
      return new Spec(action, sourceLabels, separator, regex, newTarget, replacement, modulus);
    }

    public Spec replacement(String newReplacement) {
      return new Spec(action, sourceLabels, separator, regex, targetLabel, newReplacement, modulus);
    }

    public Spec modulus(long newModulus) {
      return new Spec(action, sourceLabels, separator, regex, targetLabel, replacement, newModulus);
    }

    /** What is wrong with it, each a sentence without the rule's place; empty = a good rule. */
    public List<String> problems() {
      List<String> problems = new ArrayList<>();
      String name = action.label();
      if (action.needsTarget() && targetLabel.isEmpty()) {
        problems.add("action " + name + " needs a target_label");
      }
      if (action == Action.HASHMOD && modulus <= 0) {
        problems.add("action hashmod needs a modulus above 0");
      }
      boolean mapsNames = action == Action.LABELMAP;
      if (mapsNames && replacement.isEmpty()) {
        problems.add("action labelmap needs a replacement that makes a label name");
      }
      if (action == Action.LOWERCASE || action == Action.UPPERCASE) {
        only(problems, replacement.equals(DEFAULT_REPLACEMENT), "no replacement");
      }
      if (action == Action.KEEPEQUAL || action == Action.DROPEQUAL) {
        only(
            problems,
            defaultRegex() && defaultModulus() && defaultSeparator() && defaultReplacement(),
            "source_labels and target_label only");
      }
      if (action == Action.LABELDROP || action == Action.LABELKEEP) {
        only(
            problems,
            sourceLabels.isEmpty()
                && targetLabel.isEmpty()
                && defaultModulus()
                && defaultSeparator()
                && defaultReplacement(),
            "a regex only");
      }
      try {
        AnchoredRegex.compile(regex);
      } catch (AnchoredRegex.Refused refused) {
        problems.add("its regex " + refused.text());
      }
      return problems;
    }

    private void only(List<String> problems, boolean fine, String what) {
      if (!fine) {
        problems.add("action " + action.label() + " takes " + what);
      }
    }

    private boolean defaultRegex() {
      return regex.equals(DEFAULT_REGEX);
    }

    private boolean defaultModulus() {
      return modulus == 0;
    }

    private boolean defaultSeparator() {
      return separator.equals(DEFAULT_SEPARATOR);
    }

    private boolean defaultReplacement() {
      return replacement.equals(DEFAULT_REPLACEMENT);
    }
  }

  private final Spec spec;
  private final AnchoredRegex regex;
  private final Template target;
  private final Template replacement;

  /**
   * @throws IllegalArgumentException the spec has problems
   */
  public RelabelRule(Spec spec) {
    List<String> problems = spec.problems();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    this.spec = spec;
    this.regex = compiled(spec.regex());
    this.target = new Template(spec.targetLabel(), regex);
    this.replacement = new Template(spec.replacement(), regex);
  }

  private static AnchoredRegex compiled(String regex) {
    try {
      return AnchoredRegex.compile(regex);
    } catch (AnchoredRegex.Refused refused) {
      throw new IllegalArgumentException(refused.text(), refused);
    }
  }

  public Spec spec() {
    return spec;
  }

  /** What its regex takes in memory, in units of some 64 bytes. */
  public long cost() {
    return regex.cost();
  }

  AnchoredRegex regex() {
    return regex;
  }

  Template target() {
    return target;
  }

  Template replacement() {
    return replacement;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RelabelRule that && spec.equals(that.spec);
  }

  @Override
  public int hashCode() {
    return Objects.hash(spec);
  }

  @Override
  public String toString() {
    return spec.toString();
  }
}
