package dev.stoker.discovery.annotations;

import java.util.ArrayList;
import java.util.List;

/**
 * What a pod's annotations of one family ask for.
 *
 * @param wishes none = the pod does not ask
 * @param ignored sentences about annotations that have no effect, and why
 * @param declined sentences about annotations that say no
 */
record Asked(List<Wish> wishes, List<String> ignored, List<String> declined) {
  /** A pod has some annotations; what more there is may be anything, and is not listed. */
  private static final int MOST = 20;

  Asked {
    wishes = List.copyOf(wishes);
    ignored = List.copyOf(ignored);
    declined = List.copyOf(declined);
  }

  /** Filled annotation by annotation. */
  static final class Builder {
    private final List<Wish> wishes = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();
    private final List<String> declined = new ArrayList<>();

    void wish(Wish wish) {
      wishes.add(wish);
      if (!wish.scheme().isEmpty() && !wish.hasKnownScheme()) {
        ignored(
            wish.key()
                + "scheme is "
                + Pod.quoted(wish.scheme())
                + ", which is neither http nor https, so it has no effect");
      }
    }

    void ignored(String sentence) {
      if (ignored.size() < MOST) {
        ignored.add(sentence);
      }
    }

    /**
     * A switch that is not on.
     *
     * @return whether it asks to be on
     */
    boolean off(String key, String value) {
      if (value.equalsIgnoreCase("false")) {
        if (declined.size() < MOST) {
          declined.add(key + " is " + Pod.quoted(value));
        }
        return false;
      }
      return true;
    }

    /** A switch that is neither on nor off. */
    void unclear(String key, String value) {
      if (off(key, value)) {
        ignored(
            key + " is " + Pod.quoted(value) + ": only \"true\", in small letters, asks for it");
      }
    }

    Asked build() {
      return new Asked(wishes, ignored, declined);
    }
  }
}
