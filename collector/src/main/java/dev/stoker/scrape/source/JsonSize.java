package dev.stoker.scrape.source;

import io.vertx.core.buffer.Buffer;

/**
 * Estimates how large the objects would be that a JSON text becomes: each value takes about 100
 * bytes.
 */
public final class JsonSize {
  public static final int MAX_VALUES = 100_000;

  /** Looks at every byte, also at those within texts: rather too much than too little. */
  public static boolean isTooMuch(Buffer json) {
    int values = 0;
    for (int i = 0; i < json.length(); i++) {
      byte b = json.getByte(i);
      if (b == ',' || b == '[' || b == '{') {
        values++;
      }
    }
    return values > MAX_VALUES;
  }

  private JsonSize() {}
}
