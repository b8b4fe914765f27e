package dev.stoker.scrape.target;

/** What a scraper's bodies are, which decides what becomes of them. */
public enum Content {
  /** One profile, named by its profile type. */
  PPROF,
  /** JDK Flight Recorder chunks: several profiles, each with a name of its own. */
  JFR,
  /** A wall clock profile that the scraper has made of samples. */
  WALL,
  /** What async-profiler wrote: a recording, or collapsed stacks. */
  PROFILER
}
