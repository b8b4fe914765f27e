package dev.stoker.receive.otlp;

import dev.stoker.otlp.decode.OtlpRequest;
import dev.stoker.otlp.json.OtlpJson;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.receive.Grpc;
import dev.stoker.receive.InvalidPush;
import java.util.Arrays;

/**
 * The body of a request: a message, framed as gRPC wants it or not, and compressed or not.
 *
 * @param gzip the message is compressed
 * @param from where it begins in the bytes
 */
record OtlpBody(OtlpWay way, byte[] bytes, int from, boolean gzip) {
  /**
   * @param encoding of the request: "", identity or gzip
   */
  static OtlpBody of(OtlpWay way, byte[] bytes, String encoding) throws InvalidPush {
    if (way == OtlpWay.GRPC) {
      return new OtlpBody(way, bytes, Grpc.PREFIX, Grpc.isCompressed(bytes, encoding));
    }
    return new OtlpBody(way, bytes, 0, encoding.equals("gzip") && bytes.length > 0);
  }

  /** Bytes that the message takes beside the body. */
  long memory() {
    return inflated() * (way == OtlpWay.JSON ? OtlpJson.GROWTH : 1);
  }

  private long inflated() {
    return gzip ? Gzip.claimedSize(bytes) : bytes.length;
  }

  /** It says that it inflates to more. */
  boolean isLargerThan(long maxInflated) {
    return inflated() > maxInflated;
  }

  /** Inflates it and looks it over. Takes CPU time. */
  OtlpRequest request() throws InvalidPush {
    byte[] message = from == 0 ? bytes : Arrays.copyOfRange(bytes, from, bytes.length);
    try {
      byte[] plain = gzip ? inflate(message) : message;
      return OtlpRequest.of(way == OtlpWay.JSON ? OtlpJson.toProto(plain) : plain);
    } catch (MalformedProfileException wrong) {
      throw new InvalidPush(String.valueOf(wrong.getMessage()));
    }
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
