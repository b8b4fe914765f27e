package dev.stoker.scrape.target;

/** What a scrape does about profiles that their service pushes through this daemon too. */
public enum WhenPushed {
  /** They are scraped, and it is said that they arrive twice. */
  WARN,
  /** They are not scraped until two intervals after the last push. */
  SKIP
}
