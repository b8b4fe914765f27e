package dev.stoker.write.endpoint;

import org.jspecify.annotations.Nullable;

/**
 * What an endpoint has to know of the protocol that its {@link Sender} speaks. Queue, retries and
 * metrics are the same for all of them.
 */
public interface Protocol {
  /** The first part of the names of its meters, such as <code>pyroscope.write</code>. */
  String meters();

  /**
   * For people: which limits that are usual for its servers a profile exceeds, and what to do; null
   * when it exceeds none.
   */
  @Nullable String exceededLimits(long inflatedBytes);

  /** A server may answer that it is throttled because a profile has this size, idle or not. */
  boolean throttlesSize(long inflatedBytes);
}
