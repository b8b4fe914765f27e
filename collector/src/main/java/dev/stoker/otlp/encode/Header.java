package dev.stoker.otlp.encode;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.ProfileIndex;
import java.util.ArrayList;
import java.util.List;

/**
 * What a profile says of itself and of all its samples.
 *
 * @param periodType by which the values were sampled
 * @param period 0 = the profile has none
 * @param attributes indexes of attributes, packed: what pprof has and OTLP has no field for
 */
record Header(ValueType periodType, long period, ByteSink attributes) {

  /** Indexes of strings. */
  record ValueType(int type, int unit) {
    static final ValueType NONE = new ValueType(0, 0);

    static ValueType read(ProfileIndex index, int from, int to) throws MalformedProfileException {
      int type = 0;
      int unit = 0;
      Cursor cursor = new Cursor();
      cursor.over(index.data, from, to);
      while (cursor.next()) {
        switch (cursor.field()) {
          case 1 -> type = index.stringIndex(cursor.value());
          case 2 -> unit = index.stringIndex(cursor.value());
          default -> cursor.skip();
        }
      }
      return new ValueType(type, unit);
    }
  }

  static Header read(ProfileIndex index, Attributes attributes) throws MalformedProfileException {
    ValueType periodType =
        index.periodTypeStart < 0
            ? ValueType.NONE
            : ValueType.read(index, index.periodTypeStart, index.periodTypeEnd);
    long period = 0;
    int dropFrames = 0;
    int keepFrames = 0;
    int docUrl = 0;
    List<Integer> comments = new ArrayList<>();
    Cursor cursor = new Cursor();
    for (int i = 0; i < index.otherStart.size; i++) {
      cursor.over(index.data, index.otherStart.at[i], index.otherEnd.at[i]);
      cursor.next();
      switch (cursor.field()) {
        case 7 -> dropFrames = index.stringIndex(cursor.value());
        case 8 -> keepFrames = index.stringIndex(cursor.value());
        case 12 -> period = cursor.value();
        case 13 -> comments(index, cursor, comments);
        case 15 -> docUrl = index.stringIndex(cursor.value());
        default -> {}
      }
    }
    ByteSink packed = new ByteSink();
    one(packed, attributes, "pprof.profile.drop_frames", dropFrames);
    one(packed, attributes, "pprof.profile.keep_frames", keepFrames);
    one(packed, attributes, "pprof.profile.doc_url", docUrl);
    if (!comments.isEmpty()) {
      packed.varint(attributes.texts("pprof.profile.comment", comments));
    }
    return new Header(periodType, period, packed);
  }

  private static void comments(ProfileIndex index, Cursor cursor, List<Integer> comments)
      throws MalformedProfileException {
    if (cursor.wireType() != Cursor.BYTES) {
      comments.add(index.stringIndex(cursor.value()));
      return;
    }
    Cursor packed = new Cursor();
    packed.over(index.data, cursor.start(), cursor.end());
    while (!packed.atEnd()) {
      comments.add(index.stringIndex(packed.varint()));
    }
  }

  private static void one(ByteSink packed, Attributes attributes, String key, int text) {
    if (text != 0) {
      packed.varint(attributes.text(key, text));
    }
  }
}
