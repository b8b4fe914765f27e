package dev.stoker.write.disk;

import dev.stoker.labels.Labels;

/**
 * A profile as it lies on disk.
 *
 * @param labels as they are sent
 * @param tenant the profile's own X-Scope-OrgID, "" for none
 * @param body as it came; never changed
 * @param scrapedAtMillis Unix milliseconds
 * @param enqueuedAtMillis when the queue took it, Unix milliseconds
 */
public record StoredProfile(
    Labels labels, String tenant, byte[] body, long scrapedAtMillis, long enqueuedAtMillis) {}
