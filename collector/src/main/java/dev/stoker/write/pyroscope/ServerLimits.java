package dev.stoker.write.pyroscope;

import org.jspecify.annotations.Nullable;

/**
 * What a Pyroscope takes of one profile unless it is told otherwise: from the documentation of its
 * flags, and seen on 2.2 (more than the burst is answered 429 for ever, more than the size 400).
 */
final class ServerLimits {
  static final long BURST = 2L << 20;
  static final long PROFILE = 4L << 20;

  /**
   * For people: which limit it is over, and the server's setting; null when it is under all.
   *
   * @param inflated bytes
   */
  static @Nullable String hint(long inflated) {
    if (inflated <= BURST) {
      return null;
    }
    String profile =
        inflated > PROFILE
            ? " and -validation.max-profile-size-bytes (default " + PROFILE + " bytes)"
            : "";
    return "the profile has "
        + inflated
        + " bytes inflated; a Pyroscope takes it only with a larger"
        + " -distributor.ingestion-burst-size-mb (default 2 MiB)"
        + profile
        + "; max_profile_size refuses such profiles here";
  }

  private ServerLimits() {}
}
