package dev.stoker.jvm.convert;

/** Counts samples that are worth one period each, by their kind. */
public enum Sampled {
  /** Execution samples of threads that were not asleep. */
  RUNNING,

  /** Execution samples whose state is not in the recording. */
  OF_UNKNOWN_STATE,

  /** Execution samples of threads that were asleep: async-profiler's clock takes them too. */
  SLEEPING,

  /** Wall clock samples of threads that ran. */
  WALL_RUNNING,

  /** All other wall clock samples. */
  WALL_OTHER;

  boolean isOfWallClock() {
    return this == WALL_RUNNING || this == WALL_OTHER;
  }
}
