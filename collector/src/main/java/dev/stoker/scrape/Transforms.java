package dev.stoker.scrape;

/** Which transform a target's bodies need. */
final class Transforms {
  static ProfileTransform forTarget(Target target, ScrapeServices services) {
    long now = services.timers().wallMillis();
    return target.delta() == Target.DeltaMode.SUBTRACT
        ? new DeltaTransform(target, services.cpu(), services.baselines(), now)
        : new PassThrough(target.plan().maxInflatedSize(), services.cpu(), now * 1_000_000);
  }

  private Transforms() {}
}
