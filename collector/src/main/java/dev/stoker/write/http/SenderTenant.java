package dev.stoker.write.http;

import io.vertx.core.MultiMap;

/**
 * The tenant that the sender of a pushed profile has named. Unlike that of a target, which the
 * config sets, it does not go before the tenant of an endpoint. In a queue it has a mark in front
 * that no tenant can have, as queues on disk keep the tenant and nothing else of the kind.
 */
public final class SenderTenant {
  private static final String MARK = "?";

  /**
   * @param tenant "" = none
   */
  public static String of(String tenant) {
    return tenant.isEmpty() ? "" : MARK + tenant;
  }

  /** Puts the tenant of a queue into the headers of a request, which have the endpoint's own. */
  static void into(MultiMap headers, String tenant) {
    boolean senders = tenant.startsWith(MARK);
    if (!tenant.isEmpty() && !(senders && headers.contains(EndpointConfig.TENANT))) {
      headers.set(EndpointConfig.TENANT, senders ? tenant.substring(MARK.length()) : tenant);
    }
  }

  private SenderTenant() {}
}
