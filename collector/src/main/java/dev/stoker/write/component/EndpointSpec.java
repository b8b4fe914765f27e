package dev.stoker.write.component;

import dev.stoker.write.endpoint.EndpointSettings;

/**
 * An endpoint as the config of its component wants it.
 *
 * @param <E> the protocol's own type
 */
public interface EndpointSpec<E> {
  /**
   * What the endpoint's queue belongs to, also over restarts; without credentials, so that a new
   * password finds the old queue. It has to differ from that of every other protocol: a queue of
   * one server must not go to another.
   */
  String queueIdentity();

  /** What users see of the endpoint: its name, or else its URL without credentials. */
  String displayName();

  EndpointSettings settings();

  /** The sender of a running endpoint cannot send as this one wants it. */
  boolean needsOtherSender(E running);
}
