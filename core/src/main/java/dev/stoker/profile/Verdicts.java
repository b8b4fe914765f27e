package dev.stoker.profile;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way back: what servers say about a profile, to whom it came from. A profile carries a number
 * for it, so that nothing in a queue holds a loop, and a loop that has ended is not told any more.
 */
public final class Verdicts {
  /** The origin of profiles that nobody asks about. */
  public static final long NOBODY = 0;

  /**
   * The profile was pushed, and its sender gets to know that it was taken: a queue does not give it
   * up for another one.
   */
  public static final long PUSHED = Long.MIN_VALUE;

  /** Hears of the profiles of one origin, by the number that it gave to each. */
  public interface Listener {
    /** An endpoint has the profile, and will say what became of it unless it has to drop it. */
    void offered(int profile);

    /** The endpoint's server has taken it. */
    void taken(int profile);

    /**
     * The endpoint's server will never take it.
     *
     * @param answer the server's words
     */
    void refused(int profile, String endpoint, String answer);

    /**
     * The endpoint's server has taken it after its content was changed.
     *
     * @param what was done, for people
     */
    void mended(int profile, String endpoint, String what);
  }

  private final Map<Integer, Listener> listeners = new HashMap<>();
  private int last;

  /** Hears from now on. */
  public int open(Listener listener) {
    last++;
    listeners.put(last, listener);
    return last;
  }

  /** Hears nothing more. Idempotent. */
  public void close(int listener) {
    listeners.remove(listener);
  }

  /**
   * What a profile carries.
   *
   * @param listener that {@link #open} gave
   * @param profile number of the profile, whatever the listener counts by
   */
  public static long origin(int listener, int profile) {
    return (long) listener << 32 | profile & 0xffffffffL;
  }

  /** Whether the profile of this origin was {@link #PUSHED}. */
  public static boolean isPushed(long origin) {
    return origin == PUSHED;
  }

  public void offered(long origin) {
    Listener listener = listener(origin);
    if (listener != null) {
      listener.offered((int) origin);
    }
  }

  public void taken(long origin) {
    Listener listener = listener(origin);
    if (listener != null) {
      listener.taken((int) origin);
    }
  }

  public void refused(long origin, String endpoint, String answer) {
    Listener listener = listener(origin);
    if (listener != null) {
      listener.refused((int) origin, endpoint, answer);
    }
  }

  public void mended(long origin, String endpoint, String what) {
    Listener listener = listener(origin);
    if (listener != null) {
      listener.mended((int) origin, endpoint, what);
    }
  }

  private @Nullable Listener listener(long origin) {
    return listeners.get((int) (origin >>> 32));
  }
}
