package dev.stoker.http.server;

/** What a client of another machine may do on the admin server while there is no login. */
public enum Remote {
  /** It gets health, metrics, and whatever only reads. */
  READ,
  /** It may do the same as a client of this machine. */
  ALL,
  /** It gets health and metrics. */
  PROBES
}
