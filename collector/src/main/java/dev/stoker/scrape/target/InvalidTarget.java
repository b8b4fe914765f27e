package dev.stoker.scrape.target;

import dev.stoker.discovery.DroppedTarget;

/**
 * One target cannot be scraped; becomes a {@link DroppedTarget}. An expected failure: no stack
 * trace.
 */
final class InvalidTarget extends Exception {
  private static final long serialVersionUID = 1L;

  final DroppedTarget.Reason reason;
  final String detail;

  InvalidTarget(DroppedTarget.Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
    this.detail = message;
  }
}
