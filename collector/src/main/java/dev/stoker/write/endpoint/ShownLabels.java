package dev.stoker.write.endpoint;

import dev.stoker.labels.Labels;

/** Labels of a profile for users, in log lines and on pages. */
final class ShownLabels {
  private static final int MOST = 100;
  private static final int CHARS = 1_000;

  /**
   * What is kept of them: these outlive the profile and are not counted in the memory of the queue,
   * so there are few and none is long.
   */
  static Labels of(Labels labels) {
    Labels.Builder some = Labels.empty().toBuilder();
    labels.forEach(
        (name, value) -> {
          if (some.size() < MOST && name.length() <= CHARS) {
            boolean cut = value.length() > CHARS;
            some.set(name, cut ? value.substring(0, CHARS) + "…" : value);
          }
        });
    return some.build();
  }

  private ShownLabels() {}
}
