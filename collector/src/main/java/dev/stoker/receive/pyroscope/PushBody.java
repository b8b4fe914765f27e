package dev.stoker.receive.pyroscope;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.receive.Grpc;
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
  /**
   * @param encoding of the request: "", identity or gzip
   */
  static PushBody of(PushProtocol protocol, byte[] bytes, String encoding) throws InvalidPush {
    boolean gzip = encoding.equals("gzip");
    if (protocol.framing() == PushProtocol.Framing.CONNECT) {
      return new PushBody(protocol, bytes, 0, gzip && bytes.length > 0);
    }
    boolean compressed = Grpc.isCompressed(bytes, encoding);
    return new PushBody(protocol, bytes, Grpc.PREFIX, compressed);
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
