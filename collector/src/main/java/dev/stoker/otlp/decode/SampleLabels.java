package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Growable.Ints;
import java.util.HexFormat;

/**
 * Writes the attributes and the link of a sample as its labels. An integer with a unit and a whole
 * double stay numbers, all else becomes a text, as at Pyroscope. For one request, on one thread.
 */
final class SampleLabels {
  private static final int LABEL = 3;
  private static final int SPAN_BYTES = 8;
  private static final int TRACE_BYTES = 16;

  private final Dictionary dictionary;
  private final Attributes attributes;
  private final PprofStrings strings;
  private final LeftOut.Counts leftOut;
  private final ByteSink label = new ByteSink();

  /** By index of the key: the last sample that has used it. */
  private final int[] keySeen;

  private final LocalIds links;
  private final Ints spanStrings = new Ints();
  private final Ints traceStrings = new Ints();
  private int sample;
  private int spanName;
  private int traceName;

  SampleLabels(
      Dictionary dictionary, Attributes attributes, PprofStrings strings, LeftOut.Counts leftOut) {
    this.dictionary = dictionary;
    this.attributes = attributes;
    this.strings = strings;
    this.leftOut = leftOut;
    this.keySeen = new int[dictionary.strings.size()];
    this.links = new LocalIds(dictionary.links.size());
  }

  /** Another profile. */
  void begin() {
    links.begin();
    spanStrings.size = 0;
    traceStrings.size = 0;
    spanName = 0;
    traceName = 0;
  }

  void write(OtlpSample from, ByteSink out) throws MalformedProfileException, OutOfRoomException {
    sample++;
    for (int i = 0; i < from.attributes.size; i++) {
      attribute(attributes.read(from.attributes.at[i]), out);
    }
    if (from.link() != 0) {
      link(dictionary.links.index(from.link()), out);
    }
  }

  private void attribute(int at, ByteSink out)
      throws MalformedProfileException, OutOfRoomException {
    byte kind = attributes.kindOf(at);
    if (kind == Attributes.OTHER) {
      leftOut.count(LeftOut.VALUE);
    } else if (kind == Attributes.PRIVATE) {
      leftOut.count(LeftOut.PRIVATE);
    } else if (kind != Attributes.NONE && kind != Attributes.SERVICE) {
      int key = attributes.key(at);
      if (keySeen[key] == sample) {
        leftOut.count(LeftOut.DUPLICATE);
        return;
      }
      keySeen[key] = sample;
      label(key, at, out);
    }
  }

  private void label(int key, int at, ByteSink out)
      throws MalformedProfileException, OutOfRoomException {
    boolean number =
        attributes.kindOf(at) == Attributes.WHOLE
            || attributes.kindOf(at) == Attributes.NUMBER && attributes.unit(at) != 0;
    label.reset();
    Pprof.number(label, 1, strings.id(key));
    if (number) {
      Pprof.number(label, 3, attributes.number(at));
      Pprof.number(label, 4, strings.id(attributes.unit(at)));
    } else {
      Pprof.number(label, 2, strings.value(at));
    }
    out.field(LABEL, label.bytes, 0, label.size);
  }

  private void link(int at, ByteSink out) throws MalformedProfileException, OutOfRoomException {
    int known = links.get(at);
    if (known == 0) {
      read(at);
      known = links.give(at);
    }
    int span = spanStrings.at[known - 1];
    if (span != 0) {
      spanName = spanName == 0 ? strings.add("span_id") : spanName;
      id(spanName, span, out);
    }
    int trace = traceStrings.at[known - 1];
    if (trace != 0) {
      traceName = traceName == 0 ? strings.add("trace_id") : traceName;
      id(traceName, trace, out);
    }
  }

  private void read(int at) throws MalformedProfileException, OutOfRoomException {
    int span = 0;
    int trace = 0;
    Cursor cursor =
        Wire.over(dictionary.data, dictionary.links.start.at[at], dictionary.links.end.at[at]);
    while (cursor.next()) {
      if (cursor.field() == OtlpFields.Link.SPAN_ID) {
        span = hex(cursor, SPAN_BYTES);
      } else if (cursor.field() == OtlpFields.Link.TRACE_ID) {
        trace = hex(cursor, TRACE_BYTES);
      } else {
        cursor.skip();
      }
    }
    spanStrings.add(span);
    traceStrings.add(trace);
  }

  /** 0 = it is no id, or the one that stands for none. */
  private int hex(Cursor cursor, int bytes) throws MalformedProfileException, OutOfRoomException {
    cursor.expectBytes();
    boolean zero = true;
    for (int i = cursor.start(); i < cursor.end(); i++) {
      zero &= dictionary.data[i] == 0;
    }
    return zero || cursor.end() - cursor.start() != bytes
        ? 0
        : strings.add(HexFormat.of().formatHex(dictionary.data, cursor.start(), cursor.end()));
  }

  private void id(int name, int value, ByteSink out) {
    label.reset();
    Pprof.number(label, 1, name);
    Pprof.number(label, 2, value);
    out.field(LABEL, label.bytes, 0, label.size);
  }
}
