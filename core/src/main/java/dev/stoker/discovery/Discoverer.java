package dev.stoker.discovery;

import io.vertx.core.Future;
import java.util.List;

/**
 * A source of targets: one mechanism with one config. Lives on the control context: it is started
 * and stopped there, and calls its listener there.
 */
public interface Discoverer {
  /** Starts; never fails: what goes wrong is reported to the listener and tried again. */
  void start(Listener listener);

  /**
   * Tells all groups again, soon: some did not fit before and may now. A source that tells all from
   * time to time need not do anything.
   */
  default void again() {}

  /** Whether it has left out something itself, because there was no room in the budget. */
  default boolean leavesOut() {
    return false;
  }

  /** What the smallest of that takes; it is told after {@link #again}. */
  default long smallestLeftOut() {
    return Long.MAX_VALUE;
  }

  /** No call of the listener afterwards. Idempotent. */
  Future<Void> stop();

  /** Where a discoverer reports to. */
  interface Listener {
    /**
     * Groups of a first result of which more is to come: they count at once, and are exported with
     * the next update. Says nothing about how the source is.
     */
    void begin(List<TargetGroup> groups);

    /**
     * Groups that are new or have changed; a group without targets is gone. Also says that the
     * source works.
     */
    void update(List<TargetGroup> groups);

    /**
     * Groups that are new or have changed, while another part of the source does not work.
     *
     * @param problem as for {@link #failed}
     */
    void updateInPart(List<TargetGroup> groups, String problem);

    /** All groups there are; what is not among them is gone. Also says that the source works. */
    void replace(List<TargetGroup> groups);

    /**
     * All groups that make sense, while something of the source does not.
     *
     * @param problem as for {@link #failed}
     */
    void replaceInPart(List<TargetGroup> all, String problem);

    /**
     * The source cannot be reached or makes no sense; the last good targets stay.
     *
     * @param message what is wrong and what to do, without the component's id
     */
    void failed(String message);
  }
}
