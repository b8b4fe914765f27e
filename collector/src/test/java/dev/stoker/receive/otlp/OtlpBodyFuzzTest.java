package dev.stoker.receive.otlp;

import static dev.stoker.otlp.decode.Requests.sample;

import dev.stoker.otlp.decode.Requests;
import dev.stoker.otlp.json.LargerProtoException;
import dev.stoker.otlp.json.OtlpJson;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Workspace;
import dev.stoker.receive.Fuzz;
import dev.stoker.receive.InvalidPush;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each way to speak OTLP, damaged: within the message, around it, and both. */
class OtlpBodyFuzzTest {
  private static final int ROOM = 4 << 20;
  private static final long MOST = 96L << 20;

  private static final String JSON =
      """
      {"resourceProfiles": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
        "scopeProfiles": [{"scope": {"name": "a profiler", "nobodyKnows": [{"this": 1}]},
          "profiles": [{"sampleType": {"typeStrindex": 1, "unitStrindex": 2},
            "samples": [{"stackIndex": 1, "attributeIndices": [1], "values": ["4", 5],
              "timestampsUnixNano": ["1700000000000000000", "1700000000000000001"]}],
            "timeUnixNano": "1700000000000000000", "durationNano": 5,
            "profileId": "000102030405060708090a0b0c0d0e0f"}]}]}],
       "dictionary": {"mappingTable": [{}],
        "locationTable": [{}, {"lines": [{"functionIndex": 1, "line": 7}]}],
        "functionTable": [{}, {"nameStrindex": 3, "filenameStrindex": 4}],
        "linkTable": [{}],
        "stringTable": ["", "cpu", "nanoseconds", "work", "work.go", "thread.name"],
        "attributeTable": [{}, {"keyStrindex": 5, "value": {"stringValue": "main"}}],
        "stackTable": [{}, {"locationIndices": [1]}]}}
      """;

  private static byte[] proto() {
    Requests made = new Requests();
    var first = made.profile("cpu", "nanoseconds").addSamples(sample(made.stack("a", "b"), 3));
    var second = made.profile("samples", "count").addSamples(sample(made.stack("a", "c"), 1));
    return made.request("shop", first, second).toByteArray();
  }

  private static int read(OtlpWay way, byte[] bytes, String encoding, Workspace workspace)
      throws InvalidPush {
    OtlpBody body = OtlpBody.of(way, bytes, encoding);
    if (body.isLargerThan(ROOM)) {
      throw new InvalidPush("it says that it is too large");
    }
    try {
      var decoded = body.request(OtlpJson.MOST).decode(ROOM, workspace);
      if (decoded.rejected() > 0 && decoded.reason().isBlank()) {
        throw new IllegalStateException("profiles are rejected without a reason");
      }
      return decoded.profiles().size();
    } catch (MalformedProfileException malformed) {
      throw new InvalidPush(String.valueOf(malformed.getMessage()));
    } catch (LargerProtoException itHadTheMost) {
      throw new IllegalStateException(itHadTheMost);
    }
  }

  /** The damaged message in a good body, half of the time compressed. */
  private static int inside(OtlpWay way, byte[] message, Random random, Workspace workspace)
      throws InvalidPush {
    boolean gzip = random.nextBoolean() && message.length > 0;
    byte[] body = gzip ? Gzip.deflate(message, message.length, 1) : message;
    return read(
        way, way == OtlpWay.GRPC ? framed(gzip, body) : body, gzip ? "gzip" : "", workspace);
  }

  private static byte[] framed(boolean gzip, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) (gzip ? 1 : 0))
        .putInt(message.length)
        .put(message)
        .array();
  }

  @Test
  void requests_byEachProtocol() {
    try (Workspace workspace = new Workspace()) {
      for (OtlpWay way : OtlpWay.values()) {
        byte[] message = way == OtlpWay.JSON ? JSON.getBytes(StandardCharsets.UTF_8) : proto();
        byte[] packed = Gzip.deflate(message, message.length, 6);
        Fuzz fuzz = new Fuzz(MOST);
        fuzz.run("OTLP " + way, message, (body, random) -> inside(way, body, random, workspace));
        new Fuzz(MOST)
            .run(
                "OTLP " + way + ", around a gzipped message",
                way == OtlpWay.GRPC ? framed(true, packed) : packed,
                (body, random) -> read(way, body, "gzip", workspace));
      }
    }
  }
}
