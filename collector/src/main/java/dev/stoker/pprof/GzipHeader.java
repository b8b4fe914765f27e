package dev.stoker.pprof;

/** The framing of a gzip member (RFC 1952). */
final class GzipHeader {
  private static final int HEADER = 10;
  private static final int TRAILER = 8;

  /** Index of the first byte of deflate data of the member at <code>at</code>. */
  static int end(byte[] body, int at) throws MalformedProfileException {
    if (body.length - at < HEADER + TRAILER) {
      throw truncated();
    }
    if ((body[at] & 0xff) != 0x1f || (body[at + 1] & 0xff) != 0x8b || body[at + 2] != 8) {
      throw new MalformedProfileException(
          "gzip body has bytes after its end that are no gzip; look at what serves or proxies it");
    }
    int flags = body[at + 3];
    int pos = at + HEADER;
    if ((flags & 4) != 0) {
      if (pos + 2 > body.length) {
        throw truncated();
      }
      pos += 2 + (body[pos] & 0xff) + ((body[pos + 1] & 0xff) << 8);
    }
    if ((flags & 8) != 0) {
      pos = afterZero(body, pos);
    }
    if ((flags & 16) != 0) {
      pos = afterZero(body, pos);
    }
    if ((flags & 2) != 0) {
      pos += 2;
    }
    if (pos > body.length) {
      throw truncated();
    }
    return pos;
  }

  private static int afterZero(byte[] body, int from) throws MalformedProfileException {
    for (int i = from; i < body.length; i++) {
      if (body[i] == 0) {
        return i + 1;
      }
    }
    throw truncated();
  }

  static MalformedProfileException truncated() {
    return new MalformedProfileException(
        "gzip body is truncated; the target or a proxy cut the answer short (a write timeout?)");
  }

  /** Little-endian. */
  static int readInt(byte[] b, int at) {
    return (b[at] & 0xff)
        | (b[at + 1] & 0xff) << 8
        | (b[at + 2] & 0xff) << 16
        | (b[at + 3] & 0xff) << 24;
  }

  private GzipHeader() {}
}
