package dev.stoker.write.endpoint;

import dev.stoker.labels.Labels;
import java.time.Instant;

/** A poison profile, for people to look at: what it was, and what the server said last. */
public record SetAside(Labels labels, int bytes, int tries, String answer, Instant at) {}
