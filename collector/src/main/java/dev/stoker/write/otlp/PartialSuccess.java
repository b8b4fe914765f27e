package dev.stoker.write.otlp;

import dev.stoker.otlp.OtlpFields.Response;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import java.nio.charset.StandardCharsets;

/**
 * What a server that has taken a request says of it: an ExportProfilesServiceResponse.
 *
 * @param rejected profiles of the request that it has not taken
 * @param message why; or a warning, where it has taken all
 */
record PartialSuccess(long rejected, String message) {
  static final PartialSuccess NONE = new PartialSuccess(0, "");

  /**
   * @param bytes the message, from an offset on
   * @throws MalformedProfileException it is another message
   */
  static PartialSuccess of(byte[] bytes, int from) throws MalformedProfileException {
    PartialSuccess found = NONE;
    Cursor cursor = new Cursor();
    cursor.over(bytes, from, bytes.length);
    while (cursor.next()) {
      if (cursor.field() == Response.PARTIAL_SUCCESS) {
        cursor.expectBytes();
        found = read(bytes, cursor.start(), cursor.end());
      } else {
        cursor.skip();
      }
    }
    return found;
  }

  private static PartialSuccess read(byte[] bytes, int from, int to)
      throws MalformedProfileException {
    long rejected = 0;
    String message = "";
    Cursor cursor = new Cursor();
    cursor.over(bytes, from, to);
    while (cursor.next()) {
      switch (cursor.field()) {
        case Response.REJECTED_PROFILES -> rejected = cursor.value();
        case Response.ERROR_MESSAGE -> {
          cursor.expectBytes();
          message =
              new String(
                  bytes, cursor.start(), cursor.end() - cursor.start(), StandardCharsets.UTF_8);
        }
        default -> cursor.skip();
      }
    }
    return new PartialSuccess(rejected, message);
  }
}
