package dev.stoker.receive.otlp;

import dev.stoker.otlp.decode.OtlpRequest;
import dev.stoker.otlp.json.LargerProtoException;
import dev.stoker.otlp.json.OtlpJson;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.Inflation;
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

  /**
   * Bytes that {@link #request} takes at most, beside the body.
   *
   * @param growth of JSON, as in {@link OtlpJson}
   */
  long memory(int growth) {
    long inflating = gzip ? inflated() * (isLikely() ? 1 : 2) + (from == 0 ? 0 : bytes.length) : 0;
    return inflating + (way == OtlpWay.JSON ? OtlpJson.memory(inflated(), growth) : 0);
  }

  private long inflated() {
    return gzip ? Gzip.claimedSize(bytes) : bytes.length;
  }

  /** The array of what is packed better than that grows with what comes. */
  private boolean isLikely() {
    return inflated() <= Inflation.LIKELY_RATIO * (long) (bytes.length - from);
  }

  /** It says that it inflates to more. */
  boolean isLargerThan(long maxInflated) {
    return inflated() > maxInflated;
  }

  /**
   * Inflates it and looks it over. Takes CPU time.
   *
   * @param growth of JSON, as in {@link OtlpJson}
   * @throws LargerProtoException it is JSON that grows more
   */
  OtlpRequest request(int growth) throws InvalidPush, LargerProtoException {
    try {
      if (way == OtlpWay.JSON) {
        OtlpJson.Proto proto = OtlpJson.toProto(gzip ? inflate() : bytes, growth);
        return OtlpRequest.of(new OtlpRequest.Message(proto.bytes(), 0, proto.size()));
      }
      return gzip
          ? OtlpRequest.of(inflate())
          : OtlpRequest.of(new OtlpRequest.Message(bytes, from, bytes.length));
    } catch (MalformedProfileException wrong) {
      throw new InvalidPush(String.valueOf(wrong.getMessage()));
    }
  }

  /** Not beyond what the trailer says: so much memory was taken for it. */
  private byte[] inflate() throws InvalidPush {
    byte[] message = from == 0 ? bytes : Arrays.copyOfRange(bytes, from, bytes.length);
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
