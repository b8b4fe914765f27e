package dev.stoker.receive.pyroscope;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import java.util.Arrays;
import java.util.List;

/**
 * The body of a push request: a message, framed as the protocol wants it, and compressed or not.
 *
 * @param gzip the message is compressed
 * @param from where it begins in the bytes
 */
record PushBody(PushProtocol protocol, byte[] bytes, int from, boolean gzip) {
  private static final int PREFIX = 5;

  /**
   * @param encoding of the request: "", identity or gzip
   */
  static PushBody of(PushProtocol protocol, byte[] bytes, String encoding) throws InvalidPush {
    boolean gzip = encoding.equals("gzip");
    if (protocol.framing() == PushProtocol.Framing.CONNECT) {
      return new PushBody(protocol, bytes, 0, gzip && bytes.length > 0);
    }
    if (bytes.length < PREFIX) {
      throw new InvalidPush("the request is cut within the five bytes before its message");
    }
    long length =
        (bytes[1] & 0xffL) << 24
            | (bytes[2] & 0xff) << 16
            | (bytes[3] & 0xff) << 8
            | bytes[4] & 0xff;
    if (length != bytes.length - PREFIX) {
      throw new InvalidPush(
          "the message is said to have "
              + length
              + " bytes, but "
              + (bytes.length - PREFIX)
              + " came; a request has one message");
    }
    if (bytes[0] != 0 && bytes[0] != 1) {
      throw new InvalidPush("the message has unknown flags: " + (bytes[0] & 0xff));
    }
    if (bytes[0] == 1 && !gzip) {
      throw new InvalidPush("the message is compressed, but grpc-encoding does not say how");
    }
    return new PushBody(protocol, bytes, PREFIX, bytes[0] == 1);
  }

  /** Bytes that decoding takes beside the body: what it inflates to, and copies of profiles. */
  long memory() {
    return gzip ? 2 * Gzip.claimedSize(bytes) : bytes.length;
  }

  /** It says that it inflates to more. */
  boolean isLargerThan(long maxInflated) {
    return gzip && Gzip.claimedSize(bytes) > maxInflated;
  }

  /** The profiles in it. Takes CPU time. */
  List<Incoming> decode() throws InvalidPush {
    byte[] message = from == 0 ? bytes : Arrays.copyOfRange(bytes, from, bytes.length);
    if (gzip) {
      message = inflate(message);
    }
    return protocol.json() ? PushJson.decode(message) : PushMessage.decode(message);
  }

  /** Not beyond what the trailer says: so much memory was taken for it. */
  private static byte[] inflate(byte[] message) throws InvalidPush {
    if (!Gzip.isGzip(message)) {
      throw new InvalidPush("the request is said to be gzipped, but is not");
    }
    try {
      return Gzip.inflate(message, Math.max(1, Gzip.claimedSize(message)));
    } catch (MalformedProfileException damaged) {
      throw new InvalidPush("the request cannot be inflated: " + damaged.getMessage());
    }
  }
}
