package dev.stoker.scrape.loop;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Profile bodies for tests, good and bad. */
public final class Bodies {
  /** A heap profile as Go writes it; every cumulative value is <code>n</code> times something. */
  public static byte[] heap(long n) {
    return gzip(heapProfile(n).toByteArray());
  }

  static Pprof.Profile heapProfile(long n) {
    Pprof.Profile.Builder profile = Pprof.Profile.newBuilder();
    String[] strings = {
      "",
      "alloc_objects",
      "count",
      "alloc_space",
      "bytes",
      "inuse_objects",
      "inuse_space",
      "space",
      "main.leaf",
      "main.go",
      "/bin/app",
      "build-1"
    };
    for (String string : strings) {
      profile.addStringTable(string);
    }
    profile.addSampleType(type(1, 2)).addSampleType(type(3, 4));
    profile.addSampleType(type(5, 2)).addSampleType(type(6, 4));
    profile.addMapping(
        Pprof.Mapping.newBuilder().setId(1).setFilename(10).setBuildId(11).setHasFunctions(true));
    for (int i = 1; i <= 5; i++) {
      profile.addFunction(Pprof.Function.newBuilder().setId(i).setName(8).setFilename(9));
      profile.addLocation(
          Pprof.Location.newBuilder()
              .setId(i)
              .setMappingId(1)
              .setAddress(0x1000 + i)
              .addLine(Pprof.Line.newBuilder().setFunctionId(i).setLine(i)));
      profile.addSample(
          Pprof.Sample.newBuilder()
              .addLocationId(i)
              .addValue(n * i)
              .addValue(n * i * 512)
              .addValue(i)
              .addValue(i * 512L));
    }
    return profile
        .setPeriodType(type(7, 4))
        .setPeriod(512 << 10)
        .setTimeNanos(1_800_000_000_000_000_000L + n)
        .build();
  }

  static byte[] gzip(byte[] plain) {
    return Gzip.deflate(plain, plain.length, 6);
  }

  /** About 1.1 MB that inflate to 1 GiB of zeros. */
  static byte[] bomb() {
    long size = 1L << 30;
    Deflater deflater = new Deflater(9, true);
    byte[] zeros = new byte[1 << 20];
    byte[] chunk = new byte[1 << 16];
    CRC32 crc = new CRC32();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff});
    for (long fed = 0; fed < size; fed += zeros.length) {
      deflater.setInput(zeros);
      crc.update(zeros);
      while (!deflater.needsInput()) {
        out.write(chunk, 0, deflater.deflate(chunk));
      }
    }
    deflater.finish();
    while (!deflater.finished()) {
      out.write(chunk, 0, deflater.deflate(chunk));
    }
    deflater.end();
    for (long value : new long[] {crc.getValue(), size}) {
      for (int i = 0; i < 4; i++) {
        out.write((int) (value >> (8 * i)));
      }
    }
    return out.toByteArray();
  }

  static byte[] noise(int size) {
    byte[] bytes = new byte[size];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private static Pprof.ValueType type(int type, int unit) {
    return Pprof.ValueType.newBuilder().setType(type).setUnit(unit).build();
  }

  private Bodies() {}
}
