package dev.stoker.scrape.fetch;

import java.util.Locale;

/** The ways in which a scrape can end: the label <code>outcome</code> of stoker_scrapes_total. */
public enum Outcome {
  OK,
  /** The process' profiler is in use by somebody else; not a failure, tried again next tick. */
  BUSY,
  NOT_FOUND,
  /** Any other status that is not 2xx. */
  HTTP,
  TIMEOUT,
  /** No connection, or it broke. */
  UNREACHABLE,
  TOO_LARGE,
  /** The body is not a profile. */
  MALFORMED,
  /** An exception of ours: a bug, which the log has with its stack trace. */
  INTERNAL,
  /** Other bodies took the memory that there is for bodies. */
  MEMORY,
  /** Stopped while running. */
  CANCELLED;

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
