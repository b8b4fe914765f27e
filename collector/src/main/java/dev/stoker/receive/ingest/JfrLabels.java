package dev.stoker.receive.ingest;

import dev.stoker.jvm.convert.RecordingLabels;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.receive.InvalidPush;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The part <code>labels</code> that comes with a recording: a protobuf message with a map of
 * contexts (1), which are maps of labels (1), and a map of strings (2). Names and values of labels
 * are keys of strings. Its memory is bounded.
 */
final class JfrLabels {
  /** Bytes; Pyroscope takes no more of a compressed part either. */
  private static final long MOST_INFLATED = 4 << 20;

  /** Contexts and strings. */
  private static final int MOST_ENTRIES = 100_000;

  private static final int KEY = 1;
  private static final int VALUE = 2;

  private final byte[] data;
  private final Map<Long, long[]> contexts = new HashMap<>();
  private final Map<Long, String> strings = new HashMap<>();

  private JfrLabels(byte[] data) {
    this.data = data;
  }

  /**
   * @param part gzipped or not; empty = there is none
   */
  static RecordingLabels read(byte[] part) throws InvalidPush {
    if (part.length == 0) {
      return RecordingLabels.none();
    }
    try {
      byte[] data = Gzip.isGzip(part) ? Gzip.inflate(part, MOST_INFLATED) : part;
      if (data.length > MOST_INFLATED) {
        throw new InvalidPush("the part labels has more than " + MOST_INFLATED + " bytes");
      }
      return new JfrLabels(data).snapshot();
    } catch (MalformedProfileException malformed) {
      throw new InvalidPush("the part labels is damaged: " + malformed.getMessage());
    }
  }

  private RecordingLabels snapshot() throws MalformedProfileException, InvalidPush {
    Cursor all = over(0, data.length);
    while (all.next()) {
      if (all.field() == 1) {
        context(entry(all));
      } else if (all.field() == 2) {
        string(entry(all));
      } else {
        all.skip();
      }
      if (contexts.size() + strings.size() > MOST_ENTRIES) {
        throw new InvalidPush(
            "the part labels has more than " + MOST_ENTRIES + " contexts and strings");
      }
    }
    return new RecordingLabels(contexts, strings);
  }

  private void context(Cursor entry) throws MalformedProfileException {
    long key = 0;
    long[] labels = new long[0];
    while (entry.next()) {
      if (entry.field() == KEY) {
        key = entry.value();
      } else if (entry.field() == VALUE) {
        labels = labels(entry(entry));
      } else {
        entry.skip();
      }
    }
    contexts.put(key, labels);
  }

  private long[] labels(Cursor context) throws MalformedProfileException {
    long[] labels = new long[8];
    int size = 0;
    while (context.next()) {
      if (context.field() != 1) {
        context.skip();
        continue;
      }
      if (size == labels.length) {
        labels = Arrays.copyOf(labels, 2 * size);
      }
      Cursor label = entry(context);
      while (label.next()) {
        if (label.field() == KEY) {
          labels[size] = label.value();
        } else if (label.field() == VALUE) {
          labels[size + 1] = label.value();
        } else {
          label.skip();
        }
      }
      size += 2;
    }
    return Arrays.copyOf(labels, size);
  }

  private void string(Cursor entry) throws MalformedProfileException {
    long key = 0;
    String text = "";
    while (entry.next()) {
      if (entry.field() == KEY) {
        key = entry.value();
      } else if (entry.field() == VALUE) {
        entry.expectBytes();
        text = new String(data, entry.start(), entry.end() - entry.start(), StandardCharsets.UTF_8);
      } else {
        entry.skip();
      }
    }
    strings.put(key, text);
  }

  private Cursor entry(Cursor of) throws MalformedProfileException {
    of.expectBytes();
    return over(of.start(), of.end());
  }

  private Cursor over(int from, int to) {
    Cursor cursor = new Cursor();
    cursor.over(data, from, to);
    return cursor;
  }
}
