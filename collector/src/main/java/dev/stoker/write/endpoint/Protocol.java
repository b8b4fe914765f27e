package dev.stoker.write.endpoint;

import org.jspecify.annotations.Nullable;

/**
 * What an endpoint has to know of the protocol that its {@link Sender} speaks. Queue, retries and
 * metrics are the same for all of them.
 */
public interface Protocol {
  /** What the API calls it, such as <code>pyroscope</code>. */
  String kind();

  /** The first part of the names of its meters, such as <code>pyroscope.write</code>. */
  String meters();

  /**
   * What the queue of an endpoint belongs to: no queue goes to a server of another protocol.
   *
   * @param endpoint what it belongs to among those of this protocol
   */
  default String queueIdentity(String endpoint) {
    return kind() + "\n" + endpoint;
  }

  /**
   * For people: which limits that are usual for its servers a profile exceeds, and what to do; null
   * when it exceeds none.
   */
  @Nullable String exceededLimits(long inflatedBytes);

  /** A server may answer that it is throttled because a profile has this size, idle or not. */
  boolean throttlesSize(long inflatedBytes);
}
