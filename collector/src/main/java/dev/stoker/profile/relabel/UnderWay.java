package dev.stoker.profile.relabel;

/**
 * Counts the profiles whose labels inside are being edited, of all components together, those too
 * that a reload has replaced: one may hand its profile on to another.
 */
public final class UnderWay {
  private int profiles;
  private Runnable onIdle = () -> {};

  void began() {
    profiles++;
  }

  /** After it was handed on: where another component edits it next, it counts there already. */
  void ended() {
    profiles--;
    if (profiles == 0) {
      onIdle.run();
    }
  }

  /** Calls once when no profile is under way, which may be at once. */
  public void whenIdle(Runnable idle) {
    onIdle =
        () -> {
          onIdle = () -> {};
          idle.run();
        };
    if (profiles == 0) {
      onIdle.run();
    }
  }

  public int profiles() {
    return profiles;
  }
}
