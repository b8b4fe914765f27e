package dev.stoker.write.endpoint;

/**
 * How many bytes a body has inflated, as servers count it for their limits, without inflating it:
 * gzip notes it in its last four bytes. A time that Stoker has appended is a small gzip member of
 * its own behind the body's; then the figure is in front of that.
 */
final class InflatedSize {
  private static final int TRAILER = 8;

  /** A member that holds one number is shorter than this, header and trailer included. */
  private static final int SMALL_MEMBER = 48;

  private static final int TIME_FIELD = 16;

  /** At least the body's own length: a wrong figure must not make a profile free. */
  static long of(byte[] body) {
    if (!gzip(body, 0) || body.length < SMALL_MEMBER) {
      return body.length;
    }
    long last = size(body, body.length);
    if (last <= TIME_FIELD) {
      for (int at = body.length - TRAILER - 10; at >= body.length - SMALL_MEMBER; at--) {
        if (at > TRAILER && gzip(body, at)) {
          return Math.max(body.length, last + size(body, at));
        }
      }
    }
    return Math.max(body.length, last);
  }

  private static boolean gzip(byte[] body, int at) {
    return body.length > at + 2
        && (body[at] & 0xff) == 0x1f
        && (body[at + 1] & 0xff) == 0x8b
        && body[at + 2] == 8;
  }

  private static long size(byte[] body, int end) {
    return (body[end - 4] & 0xffL)
        | (body[end - 3] & 0xffL) << 8
        | (body[end - 2] & 0xffL) << 16
        | (body[end - 1] & 0xffL) << 24;
  }

  private InflatedSize() {}
}
