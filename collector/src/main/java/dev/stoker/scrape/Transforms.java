package dev.stoker.scrape;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.labels.LabelNames;
import dev.stoker.pprof.CumulativeTypes;

/** Which transform a target's bodies need. */
final class Transforms {
  static ProfileTransform forTarget(Target target, CpuPool cpuPool, Workspaces workspaces) {
    if (target.delta() == Target.DeltaMode.SUBTRACT) {
      String seriesName = target.labels().get(LabelNames.NAME);
      return new DeltaTransform(
          CumulativeTypes.of(seriesName), target.plan().maxInflatedSize(), cpuPool, workspaces);
    }
    return new PassThrough(target.plan().maxInflatedSize(), cpuPool, workspaces);
  }

  private Transforms() {}
}
