package dev.stoker.pprof.wire;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes chosen samples of an indexed profile, and of its tables only the entries that those
 * samples use: a location, function or string that nothing refers to is left out (strings stay as
 * empty entries, so that indexes hold). Entries are copied as they stand, not decoded. One thread.
 */
public final class ProfileWriter {
  private static final int LOCATIONS = 1 << 3 | Cursor.BYTES;
  private static final int VALUE = 2 << 3;
  private static final int VALUES = 2 << 3 | Cursor.BYTES;
  private static final int LABEL = 3 << 3 | Cursor.BYTES;

  private final ByteSink out = new ByteSink();
  private final ByteSink packed = new ByteSink();
  private final Cursor cursor = new Cursor();
  private final Cursor inner = new Cursor();
  private final UsedEntries used = new UsedEntries(out);
  private ProfileIndex index = new ProfileIndex();
  private final List<byte[]> texts = new ArrayList<>();
  private KeptTypes.Columns kept = new KeptTypes.Columns(new boolean[0], 0);

  /**
   * @param columns which sample types are written; their values come to {@link #sample} alone
   */
  public void begin(ProfileIndex profile, KeptTypes.Columns columns)
      throws MalformedProfileException {
    index = profile;
    kept = columns;
    out.reset();
    texts.clear();
    used.begin(index);
    header();
  }

  /** Everything that is no sample, table entry or time. */
  private void header() throws MalformedProfileException {
    int type = 0;
    for (int i = 0; i < index.otherStart.size; i++) {
      int from = index.otherStart.at[i];
      int to = index.otherEnd.at[i];
      cursor.over(index.data, from, to);
      cursor.next();
      int field = cursor.field();
      boolean wanted = field != ProfileIndex.SAMPLE_TYPE || kept.keep()[type++];
      if (field == ProfileIndex.DEFAULT_TYPE) {
        long name = cursor.value();
        wanted = isKept(name);
        if (wanted) {
          used.string(name);
        }
      } else if (wanted) {
        use(field);
      }
      if (wanted) {
        out.copy(index.data, from, to);
      }
    }
  }

  /** A default type that is not there any more would mislead readers. */
  private boolean isKept(long name) throws MalformedProfileException {
    if (kept.count() == kept.keep().length) {
      return true;
    }
    String wanted = index.string(index.stringIndex(name));
    for (int i = 0; i < kept.keep().length; i++) {
      if (kept.keep()[i] && wanted.equals(typeName(i))) {
        return true;
      }
    }
    return false;
  }

  private String typeName(int type) throws MalformedProfileException {
    String name = "";
    inner.over(index.data, index.typeStart.at[type], index.typeEnd.at[type]);
    while (inner.next()) {
      if (inner.field() == 1) {
        name = index.string(index.stringIndex(inner.value()));
      } else {
        inner.skip();
      }
    }
    return name;
  }

  /** Marks the strings that a copied field names: 7, 8, 13, 15 are string indexes themselves. */
  private void use(int field) throws MalformedProfileException {
    if (cursor.wireType() == Cursor.BYTES) {
      boolean valueType = field == ProfileIndex.SAMPLE_TYPE || field == ProfileIndex.PERIOD_TYPE;
      if (field == 13) {
        inner.over(index.data, cursor.start(), cursor.end());
        while (!inner.atEnd()) {
          used.string(inner.varint());
        }
      } else if (valueType) {
        used.strings(1, 2, cursor.start(), cursor.end());
      } else if (field == ProfileIndex.MAPPING) {
        used.strings(5, 6, cursor.start(), cursor.end());
      }
    } else if (field == 7 || field == 8 || field == 13 || field == 15) {
      used.string(cursor.value());
    }
  }

  /** One sample with other values; its stack and labels as they stand. */
  public void sample(int sample, long[] values, int count) throws MalformedProfileException {
    packed.reset();
    byte[] bytes = index.data;
    int limit = index.sampleEnd.at[sample];
    int at = index.sampleStart.at[sample];
    while (at < limit) {
      int end = Varints.fieldEnd(bytes, at, limit);
      int tag = end < 0 ? 0 : bytes[at];
      if (tag == LOCATIONS) {
        used.locations(bytes, Varints.content(bytes, at), end);
      } else if (tag == LABEL) {
        useLabel(bytes, Varints.content(bytes, at), end);
      } else if (tag != VALUES && tag != VALUE) {
        tag = useField(at, limit) == 2 ? VALUE : tag;
        end = inner.position();
      }
      if (tag != VALUES && tag != VALUE) {
        packed.copy(bytes, at, end);
      }
      at = end;
    }
    int valuesAt = packed.size;
    int valueBytes = 0;
    for (int i = 0; i < count; i++) {
      valueBytes += ByteSink.varintSize(values[i]);
    }
    out.tag(ProfileIndex.SAMPLE, Cursor.BYTES);
    out.varint(valuesAt + 1 + ByteSink.varintSize(valueBytes) + valueBytes);
    out.copy(packed.bytes, 0, valuesAt);
    out.tag(2, Cursor.BYTES);
    out.varint(valueBytes);
    for (int i = 0; i < count; i++) {
      out.varint(values[i]);
    }
  }

  /** Any field of a sample; returns its number. */
  private int useField(int at, int limit) throws MalformedProfileException {
    inner.over(index.data, at, limit);
    inner.next();
    if (inner.field() == 1 && inner.wireType() == Cursor.BYTES) {
      used.locations(index.data, inner.start(), inner.end());
    } else if (inner.field() == 1) {
      used.location(inner.value());
    } else if (inner.field() == 3) {
      inner.expectBytes();
      useLabel(index.data, inner.start(), inner.end());
    } else {
      inner.skip();
    }
    return inner.field();
  }

  private void useLabel(byte[] bytes, int from, int to) throws MalformedProfileException {
    int at = from;
    while (at < to) {
      int end = Varints.fieldEnd(bytes, at, to);
      switch (end < 0 ? 0 : bytes[at]) {
        case 1 << 3, 2 << 3, 4 << 3 -> used.string(Varints.value(bytes, at + 1, end));
        case 3 << 3 -> {}
        default -> {
          useUnusualLabel(bytes, at, to);
          return;
        }
      }
      at = end;
    }
  }

  private void useUnusualLabel(byte[] bytes, int from, int to) throws MalformedProfileException {
    cursor.over(bytes, from, to);
    while (cursor.next()) {
      if (cursor.field() == 1 || cursor.field() == 2 || cursor.field() == 4) {
        used.string(cursor.value());
      } else {
        cursor.skip();
      }
    }
  }

  /**
   * One sample, put together anew.
   *
   * @param stack location ids, packed
   * @param labels written out, with strings that came from {@link #text}
   * @param numbers the labels without a text, written out, with strings of the profile's own table
   */
  public void sample(byte[] stack, byte[] labels, byte[] numbers, long[] values)
      throws MalformedProfileException {
    packed.reset();
    used.locations(stack, 0, stack.length);
    packed.field(1, stack, 0, stack.length);
    packed.copy(labels, 0, labels.length);
    inner.over(numbers, 0, numbers.length);
    while (inner.next()) {
      useLabel(numbers, inner.start(), inner.end());
    }
    packed.copy(numbers, 0, numbers.length);
    int valueBytes = 0;
    for (long value : values) {
      valueBytes += ByteSink.varintSize(value);
    }
    packed.tag(2, Cursor.BYTES);
    packed.varint(valueBytes);
    for (long value : values) {
      packed.varint(value);
    }
    out.field(ProfileIndex.SAMPLE, packed.bytes, 0, packed.size);
  }

  /** The index of a string that is added to the profile's table. */
  public int text(String added) {
    texts.add(added.getBytes(StandardCharsets.UTF_8));
    return index.stringStart.size + texts.size() - 1;
  }

  public byte[] finish(long timeNanos, long durationNanos, Workspace workspace)
      throws MalformedProfileException {
    used.write();
    for (byte[] text : texts) {
      out.field(ProfileIndex.STRING, text, 0, text.length);
    }
    out.tag(ProfileIndex.TIME, Cursor.VARINT);
    out.varint(timeNanos);
    out.tag(ProfileIndex.DURATION, Cursor.VARINT);
    out.varint(durationNanos);
    return workspace.gzip(out);
  }
}
