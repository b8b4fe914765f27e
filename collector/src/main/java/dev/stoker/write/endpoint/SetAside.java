package dev.stoker.write.endpoint;

import dev.stoker.labels.Labels;
import java.time.Instant;

/**
 * A profile that was dropped as poison, for users to look at: what it was, and what the server said
 * last.
 *
 * @param labels shortened, see {@link ShownLabels}
 * @param bytes of its body
 * @param tries all that failed
 */
public record SetAside(Labels labels, int bytes, int tries, String answer, Instant at) {}
