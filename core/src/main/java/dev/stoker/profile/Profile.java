package dev.stoker.profile;

import dev.stoker.labels.Labels;

/**
 * One profile on its way to delivery; everything in it is frozen at scrape time, so that a re-send
 * is the same profile to Pyroscope (equal labels and time_nanos count once).
 *
 * @param labels all labels, private ones (<code>__meta_*</code>, <code>__address__</code>)
 *     included: rules between scrape and write may look at them; the sender strips them. <code>
 *     __name__</code> is the profile type's name.
 * @param body pprof protobuf, gzipped or plain, with time_nanos set. Shared, never changed: whoever
 *     holds it may keep it, nobody may write to it.
 * @param scrapedAtMillis when the body had arrived, Unix milliseconds; ages count from here
 * @param origin whom {@link Verdicts} tells what a server has said about it; 0 = nobody. It lives
 *     as long as this process and is not kept on disk.
 */
public record Profile(Labels labels, byte[] body, long scrapedAtMillis, long origin) {

  /** Nobody asks what became of it. */
  public Profile(Labels labels, byte[] body, long scrapedAtMillis) {
    this(labels, body, scrapedAtMillis, Verdicts.NOBODY);
  }

  /** The same profile under other labels. */
  public Profile with(Labels others) {
    return new Profile(others, body, scrapedAtMillis, origin);
  }

  /** The same profile with other content. */
  public Profile with(byte[] other) {
    return new Profile(labels, other, scrapedAtMillis, origin);
  }
}
