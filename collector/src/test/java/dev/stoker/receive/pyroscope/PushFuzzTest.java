package dev.stoker.receive.pyroscope;

import dev.stoker.pprof.Gzip;
import dev.stoker.receive.Fuzz;
import dev.stoker.receive.InvalidPush;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Each way to speak push.v1, damaged: within the message, around it, and both. */
class PushFuzzTest {
  private static final int ROOM = 4 << 20;
  private static final long MOST = 96L << 20;

  private static int read(PushProtocol protocol, byte[] bytes, String encoding) throws InvalidPush {
    PushBody body = PushBody.of(protocol, bytes, encoding);
    if (body.isLargerThan(ROOM)) {
      throw new InvalidPush("it says that it is too large");
    }
    return body.decode().size();
  }

  private static boolean isFramed(PushProtocol protocol) {
    return protocol.framing() != PushProtocol.Framing.CONNECT;
  }

  /** The damaged message in a good body, half of the time compressed. */
  private static int inside(PushProtocol protocol, byte[] message, Random random)
      throws InvalidPush {
    boolean gzip = random.nextBoolean() && message.length > 0;
    byte[] body = gzip ? Gzip.deflate(message, message.length, 1) : message;
    return read(
        protocol,
        isFramed(protocol) ? Pushes.framed(gzip ? 1 : 0, body) : body,
        gzip ? "gzip" : "");
  }

  @Test
  void requests_byEachProtocol() {
    Map<String, String> labels = Map.of("__name__", "process_cpu", "service_name", "shop");
    byte[] proto = Pushes.proto(labels, Pushes.profile(1), Pushes.profile(2), Pushes.profile(3));
    byte[] json =
        Pushes.json("process_cpu", "shop", Pushes.profile(4)).getBytes(StandardCharsets.UTF_8);
    for (String type : PushProtocol.ACCEPTED.split(", ")) {
      PushProtocol protocol = PushProtocol.of(type).orElseThrow();
      byte[] message = protocol.json() ? json : proto;
      byte[] packed = Pushes.gzip(message);
      Fuzz fuzz = new Fuzz(MOST);
      fuzz.run(type, message, (body, random) -> inside(protocol, body, random));
      new Fuzz(MOST)
          .run(
              type + ", around a gzipped message",
              isFramed(protocol) ? Pushes.framed(1, packed) : packed,
              (body, random) -> read(protocol, body, "gzip"));
    }
  }
}
