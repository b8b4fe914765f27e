package dev.stoker.scrape.loop;

import dev.stoker.scrape.schedule.NotFoundBackoff;
import dev.stoker.scrape.schedule.ScrapeSchedule;
import dev.stoker.scrape.transform.ProfileTransform;

/**
 * The parts that one loop has from its first scrape to its last, in addition to its target and
 * status.
 *
 * @param shared with all loops of the component
 * @param transform of this loop's bodies; it may hold a baseline
 */
record LoopParts(
    ScrapeLoop.Shared shared,
    ScrapeSchedule schedule,
    ProfileTransform transform,
    NotFoundBackoff notFound,
    ServerVerdict verdict,
    PushedToo pushed) {

  /** Logs and counts what must not have happened. */
  void bug(String doing, Throwable thrown) {
    shared.metrics().books().bug(doing, thrown, shared.timers().nanoTime());
  }
}
