package dev.stoker.pprof.delta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.Workspace;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Bodies in forms that protobuf allows and nobody is known to write: numbers with more bytes than
 * they need, lists that are not packed, huge or sparse ids, fields that no profile has. The delta
 * is the same. Count and seed: <code>-Dstoker.fuzz.cases</code>, <code>-Dstoker.fuzz.seed</code>.
 */
class LooseEncodingFuzzTest {
  private static final Set<String> MEMORY = CumulativeTypes.of("memory");
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 500);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261129);

  @Test
  void delta_isTheOracles_whateverTheEncoding() throws Exception {
    System.out.println("seed " + SEED + ", cases " + CASES);
    try (Workspace workspace = new Workspace()) {
      for (int i = 0; i < CASES; i++) {
        life(new Random(SEED + i), workspace, "seed " + (SEED + i));
      }
    }
  }

  private static void life(Random random, Workspace workspace, String name) throws Exception {
    Life target = new Life(random);
    DeltaComputer computer = Computers.computer(MEMORY, KeptTypes.ALL);
    DeltaOracle oracle = new DeltaOracle(MEMORY);
    for (int scrape = 0; scrape < 5; scrape++) {
      Pprof.Profile profile = withOtherIds(target.next(), random);
      byte[] body = new Loose(random).profile(profile.toByteArray());
      Map<String, long[]> expected = oracle.compute(profile);
      DeltaOutcome outcome = computer.compute(body, 1 << 20, 1, workspace);
      Map<String, long[]> got = Map.of();
      if (outcome instanceof DeltaOutcome.Delta delta) {
        Pprof.Profile decoded = Pprof.Profile.parseFrom(Gzip.inflate(delta.body(), 1 << 20));
        got = DeltaOracle.sums(decoded);
        assertThat(decoded.getTimeNanos()).isEqualTo(profile.getTimeNanos());
        assertThat(decoded.getComment(0)).isPositive();
      }
      assertThat(text(got)).as(name + " scrape " + scrape).isEqualTo(text(expected));
      computer.settle(true);
      oracle.settle(true);
    }
  }

  private static Map<String, String> text(Map<String, long[]> sums) {
    Map<String, String> text = new TreeMap<>();
    sums.forEach((stack, values) -> text.put(stack, Arrays.toString(values)));
    return text;
  }

  /** Ids of one to ten bytes. */
  private static Pprof.Profile withOtherIds(Pprof.Profile profile, Random random) {
    long shift = new long[] {0, 100, 20_000, 3_000_000, -100_000}[random.nextInt(5)];
    Pprof.Profile.Builder other = profile.toBuilder();
    other.getLocationBuilderList().forEach(location -> location.setId(location.getId() + shift));
    for (Pprof.Sample.Builder sample : other.getSampleBuilderList()) {
      for (int i = 0; i < sample.getLocationIdCount(); i++) {
        sample.setLocationId(i, sample.getLocationId(i) + shift);
      }
    }
    return other.build();
  }

  /** Encodes messages once more. */
  private static final class Loose {
    private final Random random;

    Loose(Random random) {
      this.random = random;
    }

    byte[] profile(byte[] plain) throws Exception {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Cursor in = new Cursor();
      in.over(plain, 0, plain.length);
      while (in.next()) {
        if (in.wireType() != Cursor.BYTES) {
          number(out, in.field(), in.value());
          continue;
        }
        byte[] content = Arrays.copyOfRange(plain, in.start(), in.end());
        boolean message = in.field() <= 5 || in.field() == 11;
        field(out, in.field(), message ? message(in.field(), content) : content);
        if (random.nextInt(50) == 0) {
          number(out, 20 + random.nextInt(900), random.nextLong());
        }
      }
      return out.toByteArray();
    }

    private byte[] message(int kind, byte[] plain) throws Exception {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Cursor in = new Cursor();
      in.over(plain, 0, plain.length);
      while (in.next()) {
        if (in.wireType() != Cursor.BYTES) {
          number(out, in.field(), in.value());
          continue;
        }
        byte[] content = Arrays.copyOfRange(plain, in.start(), in.end());
        if (kind == 2 && in.field() < 3) {
          numbers(out, in.field(), content);
        } else {
          field(out, in.field(), message(0, content));
        }
      }
      return out.toByteArray();
    }

    private void numbers(ByteArrayOutputStream out, int field, byte[] content) throws Exception {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      Cursor in = new Cursor();
      in.over(content, 0, content.length);
      while (!in.atEnd()) {
        if (random.nextInt(12) == 0) { // the list goes on in another field, or in single ones
          field(out, field, packed.toByteArray());
          packed.reset();
          number(out, field, in.varint());
        } else {
          varint(packed, in.varint());
        }
      }
      field(out, field, packed.toByteArray());
    }

    private void field(ByteArrayOutputStream out, int field, byte[] content) {
      varint(out, field << 3 | Cursor.BYTES);
      varint(out, content.length);
      out.writeBytes(content);
    }

    private void number(ByteArrayOutputStream out, int field, long value) {
      varint(out, field << 3);
      varint(out, value);
    }

    private void varint(ByteArrayOutputStream out, long value) {
      long rest = value;
      int bytes = 1;
      for (; (rest & ~0x7fL) != 0; bytes++, rest >>>= 7) {
        out.write((int) (rest | 0x80));
      }
      if (random.nextInt(8) == 0 && bytes < 4) {
        out.write((int) (rest | 0x80));
        rest = 0;
        if (random.nextBoolean()) {
          out.write(0x80);
        }
      }
      out.write((int) rest);
    }
  }
}
