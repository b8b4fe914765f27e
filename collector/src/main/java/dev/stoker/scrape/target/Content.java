package dev.stoker.scrape.target;

/** The kind of a scraper's bodies, which decides which transform they need. */
public enum Content {
  /** One profile, named by its profile type. */
  PPROF,
  /** JDK Flight Recorder chunks: several profiles, each with a name of its own. */
  JFR,
  /** A wall clock profile that the scraper has made of samples. */
  WALL,
  /** Output of async-profiler: a recording, or collapsed stacks. */
  PROFILER
}
