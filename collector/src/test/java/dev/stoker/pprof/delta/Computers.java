package dev.stoker.pprof.delta;

import dev.stoker.pprof.wire.KeptTypes;
import java.util.Set;

/** Delta computers for tests, where nothing else takes memory. */
public final class Computers {
  static DeltaComputer computer(Set<String> cumulativeNames, KeptTypes kept) {
    return new DeltaComputer(
        cumulativeNames, kept, 0, new BaselineBudget(Long.MAX_VALUE / 2).lease());
  }

  private Computers() {}
}
