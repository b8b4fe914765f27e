package dev.stoker.scrape.loop;

import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.transform.TargetDetail;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

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
  private final Runnable pauses;
  private boolean pushed;
  private boolean skipping;
  private boolean leavingOut;

  /** Those of the last recording that were pushed too. */
  private Set<Labels> parts = Set.of();

  /**
   * @param pauses called when scrapes are left out from now on: what the target counts until they
   *     go on is in what is pushed
   */
  PushedToo(ScrapeLoop.Shared shared, Runnable pauses) {
    this.shared = shared;
    this.pauses = pauses;
  }

  /** True while at least one profile of the target is pushed too. */
  boolean holds() {
    return pushed || !parts.isEmpty();
  }

  /** True while scrapes are left out. */
  boolean isSkipping() {
    return skipping;
  }

  TargetDetail detail() {
    return skipping || leavingOut ? PAUSED : TargetDetail.NONE;
  }

  /** True when the scrape that is due is left out. */
  boolean skips(Target target) {
    boolean before = holds();
    pushed = shared.pushers().push(target, target.labels());
    // A target that does not answer brings no recording by which they could be judged.
    parts = pushed(target, parts);
    boolean may = shared.skipsPushed().getAsBoolean();
    leavingOut = may && !parts.isEmpty();
    tell(target, before);
    boolean skip = may && pushed;
    if (skip && !skipping) {
      pauses.run();
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
    parts = pushed(target, profiles);
    tell(target, before);
    leavingOut = !parts.isEmpty() && shared.skipsPushed().getAsBoolean();
    if (!leavingOut) {
      return Set.of();
    }
    shared.metrics().pushed(target.type(), parts.size());
    return parts;
  }

  private Set<Labels> pushed(Target target, Collection<Labels> profiles) {
    return profiles.stream()
        .filter(labels -> shared.pushers().push(target, labels))
        .collect(Collectors.toUnmodifiableSet());
  }

  private void tell(Target target, boolean before) {
    if (holds() && !before) {
      shared.targetLog().pushed(target, shared.skipsPushed().getAsBoolean());
    } else if (before && !holds()) {
      shared.targetLog().pushedNoMore(target);
    }
  }
}
