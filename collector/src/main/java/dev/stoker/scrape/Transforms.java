package dev.stoker.scrape;

/** Which transform a target's bodies need. */
final class Transforms {
  static ProfileTransform forTarget(Target target, ScrapeServices services) {
    long now = services.timers().wallMillis();
    if (target.delta() == Target.DeltaMode.SUBTRACT) {
      return new DeltaTransform(target, services.cpu(), services.baselines(), now);
    }
    long maxInflated = target.plan().maxInflatedSize();
    return target.type().kept().isAll()
        ? new PassThrough(maxInflated, services.cpu(), now * 1_000_000)
        : new KeepTransform(target.type().kept(), maxInflated, services.cpu(), now * 1_000_000);
  }

  private Transforms() {}
}
