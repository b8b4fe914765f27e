package dev.stoker.scrape;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.pprof.BodyCheck;
import dev.stoker.pprof.DeltaComputer;
import dev.stoker.pprof.DeltaOutcome;
import dev.stoker.pprof.MalformedProfileException;
import io.vertx.core.Future;
import java.util.Set;

/** Subtracts on the CPU pool; the loop is single flight, so its computer has one user at a time. */
final class DeltaTransform implements ProfileTransform {
  private final DeltaComputer computer;
  private final long maxInflated;
  private final CpuPool cpuPool;
  private final Workspaces workspaces;

  DeltaTransform(Set<String> cumulative, long maxInflated, CpuPool cpuPool, Workspaces workspaces) {
    this.computer = new DeltaComputer(cumulative);
    this.maxInflated = maxInflated;
    this.cpuPool = cpuPool;
    this.workspaces = workspaces;
  }

  @Override
  public Future<Transformed> apply(byte[] body, long scrapedAtMillis) {
    try {
      BodyCheck.quick(body, maxInflated);
    } catch (MalformedProfileException malformed) {
      return Future.failedFuture(malformed);
    }
    return cpuPool.submit(
        () ->
            workspaces.use(
                workspace -> {
                  DeltaOutcome outcome =
                      computer.compute(body, maxInflated, scrapedAtMillis * 1_000_000, workspace);
                  byte[] delta = outcome instanceof DeltaOutcome.Delta moved ? moved.body() : null;
                  return new Transformed(delta, outcome.reset());
                }));
  }

  @Override
  public void settle(boolean accepted) {
    computer.settle(accepted);
  }

  @Override
  public void failed() {}
}
