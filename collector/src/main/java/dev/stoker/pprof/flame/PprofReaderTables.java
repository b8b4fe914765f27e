package dev.stoker.pprof.flame;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.flame.PprofReader.Spans;
import dev.stoker.pprof.flame.PprofReader.ValueType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects a profile's tables; strings may follow what refers to them, so names come last. */
final class PprofReaderTables {
  private static final int MAX_NAME = 1024;
  private static final int UNKNOWN = -1;

  private final byte[] plain;
  private final Spans samples = new Spans();
  private final Spans strings = new Spans();
  private final List<long[]> sampleTypes = new ArrayList<>();
  private final Map<Long, Long> functions = new HashMap<>();
  private final Map<Long, Long> mappings = new HashMap<>();
  private final Map<Long, Location> locations = new HashMap<>();
  private long[] periodType = new long[2];
  private long timeNanos;
  private long durationNanos;
  private long defaultType;

  private record Location(long mapping, long address, long[] functions) {}

  PprofReaderTables(byte[] plain) {
    this.plain = plain;
  }

  void number(int field, long value) {
    switch (field) {
      case 9 -> timeNanos = value;
      case 10 -> durationNanos = value;
      case 14 -> defaultType = value;
      default -> {}
    }
  }

  void message(int field, int offset, int length) throws IOException, MalformedProfileException {
    switch (field) {
      case 1 -> {
        PprofReader.checkCount(sampleTypes.size(), "sample types");
        sampleTypes.add(numbers(offset, length, 2));
      }
      case 2 -> {
        PprofReader.checkCount(samples.count(), "samples");
        samples.add(offset, length);
      }
      case 3 -> {
        PprofReader.checkCount(mappings.size(), "mappings");
        long[] mapping = numbers(offset, length, 5);
        mappings.put(mapping[0], mapping[4]);
      }
      case 4 -> {
        PprofReader.checkCount(locations.size(), "locations");
        location(offset, length);
      }
      case 5 -> {
        PprofReader.checkCount(functions.size(), "functions");
        long[] function = numbers(offset, length, 3);
        functions.put(function[0], function[1] == 0 ? function[2] : function[1]);
      }
      case 6 -> {
        PprofReader.checkCount(strings.count(), "strings");
        strings.add(offset, length);
      }
      case 11 -> periodType = numbers(offset, length, 2);
      default -> {}
    }
  }

  PprofReaderProfile finish() throws MalformedProfileException {
    if (sampleTypes.isEmpty()) {
      throw new MalformedProfileException(
          "body has no sample types, so it is no pprof profile; is the path a pprof endpoint?");
    }
    List<ValueType> types = new ArrayList<>();
    int shown = sampleTypes.size() - 1;
    for (int i = 0; i < sampleTypes.size(); i++) {
      types.add(valueType(sampleTypes.get(i)));
      if (defaultType != 0 && sampleTypes.get(i)[0] == defaultType) {
        shown = i;
      }
    }
    PprofReaderProfile.Meta meta =
        new PprofReaderProfile.Meta(
            List.copyOf(types), valueType(periodType), shown, timeNanos, durationNanos);
    return new PprofReaderProfile(meta, plain, samples, frames());
  }

  /** Each location's function names, outermost first; names are shared between locations. */
  private Map<Long, String[]> frames() {
    Map<Long, String> names = new HashMap<>();
    Map<Long, String[]> frames = new HashMap<>(locations.size() * 2);
    locations.forEach((id, location) -> frames.put(id, frames(location, names)));
    return frames;
  }

  private String[] frames(Location location, Map<Long, String> names) {
    long[] lines = location.functions();
    if (lines.length == 0) {
      return new String[] {unsymbolized(location)};
    }
    String[] frames = new String[lines.length];
    for (int i = 0; i < lines.length; i++) {
      frames[lines.length - 1 - i] = names.computeIfAbsent(lines[i], this::functionName);
    }
    return frames;
  }

  private String functionName(long function) {
    String name = string(functions.getOrDefault(function, (long) UNKNOWN));
    return name == null || name.isEmpty() ? "[unknown]" : name;
  }

  private String unsymbolized(Location location) {
    String file = string(mappings.getOrDefault(location.mapping(), (long) UNKNOWN));
    String where = file == null ? "" : file.substring(file.lastIndexOf('/') + 1) + " ";
    return "[" + where + "0x" + Long.toHexString(location.address()) + "]";
  }

  private ValueType valueType(long[] typeAndUnit) {
    String type = string(typeAndUnit[0]);
    String unit = string(typeAndUnit[1]);
    return new ValueType(type == null ? "" : type, unit == null ? "" : unit);
  }

  private @Nullable String string(long index) {
    if (index < 0 || index >= strings.count()) {
      return null;
    }
    int at = (int) index;
    int length = Math.min(MAX_NAME, strings.length(at));
    return new String(plain, strings.offset(at), length, StandardCharsets.UTF_8);
  }

  /** The varint fields 1…count of a flat message, 0 where absent. */
  private long[] numbers(int offset, int length, int count) throws IOException {
    long[] values = new long[count + 1];
    CodedInputStream in = CodedInputStream.newInstance(plain, offset, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      if (field <= count && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
        values[field] = in.readRawVarint64();
      } else {
        PprofReader.skip(in, tag);
      }
    }
    return Arrays.copyOfRange(values, 1, count + 1);
  }

  private void location(int offset, int length) throws IOException {
    long[] head = new long[4];
    long[] lines = new long[1];
    int count = 0;
    CodedInputStream in = CodedInputStream.newInstance(plain, offset, length);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      int wire = WireFormat.getTagWireType(tag);
      if (field == 4 && wire == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        int size = in.readRawVarint32();
        int start = offset + in.getTotalBytesRead();
        if (size < 0 || size > offset + length - start) {
          throw new IOException("a line runs past its location");
        }
        if (count == lines.length) {
          lines = Arrays.copyOf(lines, count * 2);
        }
        lines[count++] = numbers(start, size, 1)[0];
        in.skipRawBytes(size);
      } else if (field < 4 && wire == WireFormat.WIRETYPE_VARINT) {
        head[field] = in.readRawVarint64();
      } else {
        PprofReader.skip(in, tag);
      }
    }
    locations.put(head[1], new Location(head[2], head[3], Arrays.copyOf(lines, count)));
  }
}
