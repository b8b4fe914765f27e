package dev.stoker.relabel;

import java.util.Locale;
import java.util.Optional;

/** What a rule does; Prometheus' eleven actions. */
public enum Action {
  REPLACE,
  KEEP,
  DROP,
  KEEPEQUAL,
  DROPEQUAL,
  HASHMOD,
  LABELMAP,
  LABELDROP,
  LABELKEEP,
  LOWERCASE,
  UPPERCASE;

  /** As it is written in a config. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** In any case, as Prometheus takes them. */
  public static Optional<Action> of(String text) {
    for (Action action : values()) {
      if (action.name().equalsIgnoreCase(text)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }

  boolean needsTarget() {
    return switch (this) {
      case REPLACE, KEEPEQUAL, DROPEQUAL, HASHMOD, LOWERCASE, UPPERCASE -> true;
      case KEEP, DROP, LABELMAP, LABELDROP, LABELKEEP -> false;
    };
  }
}
