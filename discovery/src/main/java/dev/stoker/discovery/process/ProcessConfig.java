package dev.stoker.discovery.process;

import dev.stoker.discovery.TargetSource;
import java.time.Duration;
import java.util.List;

/**
 * A <code>discovery.process</code> component.
 *
 * @param join targets whose labels the processes of the same container get
 * @param wanted what is read of each process
 */
public record ProcessConfig(
    String component, List<TargetSource> join, Duration refreshInterval, Wanted wanted) {
  /** What is read of each process; each is a label. */
  public record Wanted(
      boolean exe,
      boolean cwd,
      boolean commandline,
      boolean username,
      boolean uid,
      boolean cgroupPath,
      boolean containerId) {
    /** Alloy's defaults. */
    public static final Wanted DEFAULT = new Wanted(true, true, true, false, false, false, true);
  }

  public ProcessConfig {
    join = List.copyOf(join);
  }
}
