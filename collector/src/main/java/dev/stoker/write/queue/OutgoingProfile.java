package dev.stoker.write.queue;

import dev.stoker.labels.Labels;
import dev.stoker.profile.Profile;
import dev.stoker.profile.Verdicts;

/**
 * A profile as every endpoint gets it, whatever protocol its sender speaks. Endpoints share it, and
 * nobody copies or changes its body.
 *
 * @param labels those that are sent
 * @param tenant the profile's own tenant; "" = the endpoint's
 * @param body pprof, as it came
 * @param scrapedAtMillis Unix milliseconds
 * @param origin whom {@link Verdicts} tells what the server says; it is not kept on disk
 */
public record OutgoingProfile(
    Labels labels, String tenant, byte[] body, long scrapedAtMillis, long origin) {
  private static final int PER_LABEL = 6;
  private static final int PER_PROFILE = 9;
  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** A profile of no tenant of its own, about which nobody asks. */
  public static OutgoingProfile of(Labels labels, byte[] body, long scrapedAtMillis) {
    return of(labels, "", body, scrapedAtMillis);
  }

  /** A profile about which nobody asks. */
  public static OutgoingProfile of(
      Labels labels, String tenant, byte[] body, long scrapedAtMillis) {
    return new OutgoingProfile(labels, tenant, body, scrapedAtMillis, Verdicts.NOBODY);
  }

  /**
   * @param profile with the labels that are sent
   */
  public static OutgoingProfile of(Profile profile, String tenant) {
    return new OutgoingProfile(
        profile.labels(), tenant, profile.body(), profile.scrapedAtMillis(), profile.origin());
  }

  /** The same profile with another body. */
  public OutgoingProfile with(byte[] other) {
    return other == body
        ? this
        : new OutgoingProfile(labels, tenant, other, scrapedAtMillis, origin);
  }

  /** About what it costs in memory: its body, and its labels as text and as they are sent. */
  public long memoryBytes() {
    long[] size = {PER_PROFILE};
    labels.forEach((name, value) -> size[0] += PER_LABEL + name.length() + value.length());
    return body.length + 2 * size[0];
  }

  /** A hash of tenant and labels. */
  public long series() {
    long[] hash = {FNV_BASIS};
    hash(hash, tenant);
    labels.forEach(
        (name, value) -> {
          hash(hash, name);
          hash(hash, value);
        });
    return hash[0];
  }

  private static void hash(long[] hash, String text) {
    long h = hash[0];
    for (int i = 0; i < text.length(); i++) {
      h = (h ^ text.charAt(i)) * FNV_PRIME;
    }
    hash[0] = (h ^ 0x1_0000) * FNV_PRIME; // no char: the end of a text
  }
}
