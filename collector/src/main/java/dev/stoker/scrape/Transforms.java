package dev.stoker.scrape;

import dev.stoker.concurrent.CpuPool;

final class Transforms {
  static ProfileTransform forTarget(Target target, CpuPool cpuPool) {
    throw new IllegalStateException(target.key() + cpuPool);
  }

  private Transforms() {}
}
