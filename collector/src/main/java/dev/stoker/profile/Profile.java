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
 */
public record Profile(Labels labels, byte[] body, long scrapedAtMillis) {}
