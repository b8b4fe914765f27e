package dev.stoker.discovery;

/**
 * What all that is discovered may take of the heap, over all sources: objects that are watched and
 * labels of targets.
 */
public final class TargetBudget {
  private final long most;
  private long used;

  public TargetBudget(long most) {
    this.most = most;
  }

  /** For what ends soon and is small, such as a command's. */
  public static TargetBudget unbounded() {
    return new TargetBudget(Long.MAX_VALUE / 4);
  }

  /**
   * @return false = there is no room, and nothing was taken
   */
  public boolean take(long bytes) {
    if (bytes > 0 && used + bytes > most) {
      return false;
    }
    used += bytes;
    return true;
  }

  /** Gives back. */
  public void give(long bytes) {
    used -= bytes;
  }

  long free() {
    return most - used;
  }

  public long most() {
    return most;
  }

  public long used() {
    return used;
  }
}
