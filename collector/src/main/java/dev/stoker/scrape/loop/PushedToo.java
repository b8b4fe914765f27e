package dev.stoker.scrape.loop;

import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.transform.TargetDetail;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What one loop knows about its profiles being pushed as well. A profile with the target's own name
 * is judged before its scrape; of a recording, each profile is judged when it is handed on. Owned
 * by the control context.
 */
final class PushedToo {
  private static final TargetDetail PAUSED =
      TargetDetail.paused(
          "pushed: the service pushes it too, and when_pushed = skip; it is scraped again two"
              + " intervals after the last push");

  private final ScrapeLoop.Shared shared;
  private final Runnable resumed;
  private boolean pushed;
  private boolean partsPushed;
  private boolean skipping;
  private boolean leavingOut;

  /**
   * @param resumed called before the first scrape after some were left out
   */
  PushedToo(ScrapeLoop.Shared shared, Runnable resumed) {
    this.shared = shared;
    this.resumed = resumed;
  }

  /** True while at least one profile of the target is pushed too. */
  boolean holds() {
    return pushed || partsPushed;
  }

  TargetDetail detail() {
    return skipping || leavingOut ? PAUSED : TargetDetail.NONE;
  }

  /** True when the scrape that is due is left out. */
  boolean skips(Target target) {
    boolean before = holds();
    pushed = shared.pushers().push(target, target.labels());
    tell(target, before);
    boolean skip = pushed && shared.skipsPushed().getAsBoolean();
    if (skipping && !skip) {
      resumed.run();
    }
    skipping = skip;
    if (skip) {
      shared.metrics().pushed(target.type(), 1);
    }
    return skip;
  }

  /**
   * Those of one body that are left out.
   *
   * @param profiles the labels of each that has a name of its own
   */
  Set<Labels> leftOut(Target target, Collection<Labels> profiles) {
    boolean before = holds();
    Set<Labels> found = new HashSet<>();
    for (Labels labels : profiles) {
      if (shared.pushers().push(target, labels)) {
        found.add(labels);
      }
    }
    partsPushed = !found.isEmpty();
    tell(target, before);
    leavingOut = partsPushed && shared.skipsPushed().getAsBoolean();
    if (!leavingOut) {
      return Set.of();
    }
    shared.metrics().pushed(target.type(), found.size());
    return found;
  }

  private void tell(Target target, boolean before) {
    if (holds() && !before) {
      shared.targetLog().pushed(target, shared.skipsPushed().getAsBoolean());
    } else if (before && !holds()) {
      shared.targetLog().pushedNoMore(target);
    }
  }
}
