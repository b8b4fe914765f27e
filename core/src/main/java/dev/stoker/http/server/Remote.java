package dev.stoker.http.server;

/** What a client of another machine may do on a server of ours without a login. */
public enum Remote {
  /** Health, metrics, and whatever only reads. */
  READ,
  /** The same as a client of this machine. */
  ALL,
  /** Health and metrics. */
  PROBES
}
