package dev.stoker.receive;

import dev.stoker.labels.Labels;

/** A pushed profile before it goes on. Owned by the control context. */
final class Candidate {
  private final Labels series;
  private final boolean due;
  private byte[] body;

  /**
   * @param due its body has to be looked at in full
   */
  Candidate(Labels series, byte[] body, boolean due) {
    this.series = series;
    this.body = body;
    this.due = due;
  }

  Labels series() {
    return series;
  }

  boolean isDue() {
    return due;
  }

  byte[] body() {
    return body;
  }

  /** It goes on with this body. */
  void body(byte[] next) {
    body = next;
  }
}
