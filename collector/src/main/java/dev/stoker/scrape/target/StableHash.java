package dev.stoker.scrape.target;

import java.nio.charset.StandardCharsets;

/** A hash of a text that is equal in every process, unlike {@link String#hashCode} by contract. */
public final class StableHash {
  /** FNV-1a over the UTF-8 bytes. */
  public static long of(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  private StableHash() {}
}
