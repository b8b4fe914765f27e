package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Workspace;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the profiles of a request one after the other. One that cannot be read is rejected, and the
 * others are taken; what is wrong around them makes the whole request invalid. For one request, on
 * one thread.
 */
final class RequestDecoder {
  /** Labels of all profiles: they share their attributes, and each has its own list. */
  private static final int MOST_LABELS = 200_000;

  /** It counts the lists that the labels are in; their texts count where they are read. */
  private static final long LABEL_BYTES = 48;

  private final OtlpRequest.Message message;
  private final byte[] data;
  private final int profileCount;
  private final Dictionary dictionary;
  private final ProfileHead head;
  private final Budget budget;
  private final Workspace workspace;
  private final LeftOut.Counts leftOut = new LeftOut.Counts();
  private final List<OtlpProfile> profiles = new ArrayList<>();
  private int labels;
  private int rejected;
  private String reason = "";
  private boolean outOfRoom;

  RequestDecoder(OtlpRequest request, Budget budget, Workspace workspace) {
    this.message = request.message();
    this.profileCount = request.profiles();
    this.data = message.bytes();
    this.dictionary = new Dictionary(message, request.entries(), budget);
    this.head = new ProfileHead(dictionary, request.samples());
    this.budget = budget;
    this.workspace = workspace;
  }

  Decoded decode() throws MalformedProfileException {
    Cursor cursor = Wire.over(data, message.from(), message.to());
    while (cursor.next()) {
      if (cursor.field() == OtlpFields.Request.DICTIONARY) {
        dictionary.add(cursor.start(), cursor.end());
      } else {
        cursor.skip();
      }
    }
    if (profileCount > 0) {
      resources();
    }
    return new Decoded(profiles, rejected, reason, outOfRoom, leftOut.counts());
  }

  private void resources() throws MalformedProfileException {
    if (dictionary.strings.size() == 0
        || dictionary.strings.start.at[0] != dictionary.strings.end.at[0]) {
      throw otherSchema("the string_table of its dictionary does not begin with an empty string");
    }
    ProfileConverter converter = new ProfileConverter(dictionary, leftOut, budget, workspace);
    Cursor cursor = Wire.over(data, message.from(), message.to());
    while (cursor.next()) {
      if (cursor.field() == OtlpFields.Request.RESOURCE_PROFILES) {
        resource(cursor.start(), cursor.end(), converter);
      } else {
        cursor.skip();
      }
    }
    if (rejected > 0 && !outOfRoom || converter.isLoose()) {
      String older = new SchemaGuess(message, dictionary).older();
      if (!older.isEmpty()) {
        throw otherSchema(older);
      }
    }
  }

  private static MalformedProfileException otherSchema(String why) {
    return Wire.wrong(
        "the request is not of the schema that Stoker reads, which is that of opentelemetry-proto"
            + " 1.10 (profiles v1development 0.3): "
            + why);
  }

  /** A message may come in parts, and its resource behind its scopes. */
  private void resource(int from, int to, ProfileConverter converter)
      throws MalformedProfileException {
    SeriesLabels series = SeriesLabels.none();
    Cursor cursor = Wire.over(data, from, to);
    while (cursor.next()) {
      if (cursor.field() == OtlpFields.Resource.RESOURCE) {
        cursor.expectBytes();
        series = with(series, cursor, OtlpFields.Resource.ATTRIBUTES);
      } else {
        cursor.skip();
      }
    }
    cursor.over(data, from, to);
    while (cursor.next()) {
      if (cursor.field() == OtlpFields.Resource.SCOPE_PROFILES) {
        scope(cursor.start(), cursor.end(), series, converter);
      } else {
        cursor.skip();
      }
    }
  }

  /** Without room for them, none of the profiles that would have them is read. */
  private SeriesLabels with(SeriesLabels series, Cursor part, int field)
      throws MalformedProfileException {
    try {
      return series.with(dictionary, part.start(), part.end(), field, leftOut);
    } catch (OutOfRoomException full) {
      outOfRoom = true;
      return series;
    }
  }

  private void scope(int from, int to, SeriesLabels resource, ProfileConverter converter)
      throws MalformedProfileException {
    SeriesLabels series = resource;
    boolean cpuTime = false;
    Cursor cursor = Wire.over(data, from, to);
    while (cursor.next()) {
      if (cursor.field() == OtlpFields.Scope.SCOPE) {
        cursor.expectBytes();
        series = with(series, cursor, OtlpFields.Scope.ATTRIBUTES);
      } else if (cursor.field() == OtlpFields.Scope.PROFILES) {
        cpuTime |= hasCpuTime(cursor.start(), cursor.end());
      } else {
        cursor.skip();
      }
    }
    cursor.over(data, from, to);
    while (cursor.next()) {
      if (cursor.field() == OtlpFields.Scope.PROFILES) {
        profile(cursor.start(), cursor.end(), new InScope(series, cpuTime), converter);
      } else {
        cursor.skip();
      }
    }
  }

  /**
   * What the profiles of a scope share.
   *
   * @param cpuTime one of them has CPU time
   */
  private record InScope(SeriesLabels series, boolean cpuTime) {}

  private boolean hasCpuTime(int from, int to) {
    try {
      Cursor cursor = Wire.over(data, from, to);
      while (cursor.next()) {
        if (cursor.field() == OtlpFields.Profile.SAMPLE_TYPE) {
          return TypeNames.isCpuTime(ProfileHead.type(dictionary, cursor));
        }
        cursor.skip();
      }
      return false;
    } catch (MalformedProfileException | OutOfRoomException itsOwnReading) {
      return false; // says so
    }
  }

  private void profile(int from, int to, InScope scope, ProfileConverter converter) {
    if (outOfRoom) {
      full();
      return;
    }
    try {
      head.read(from, to);
      TypeNames names = TypeNames.of(head.said(), scope.cpuTime());
      if (names == null) {
        throw Wire.wrong("neither the sample type nor the period type of the profile has a name");
      }
      bounded(1, scope.series());
      SeriesLabels series = scope.series().with(converter.attributes(), head.attributes, leftOut);
      ProfileConverter.Services services = converter.services(head);
      int more = bounded(services.names().size(), series);
      budget.keep(LABEL_BYTES * more);
      List<OtlpProfile> made = new ArrayList<>();
      for (ProfileConverter.Part part : converter.convert(head, names, services)) {
        made.add(new OtlpProfile(series.of(names.name(), part.service()), part.body()));
      }
      profiles.addAll(made);
      labels += more;
    } catch (MalformedProfileException wrong) {
      reject(String.valueOf(wrong.getMessage()));
    } catch (OutOfRoomException full) {
      outOfRoom = true;
      full();
    }
  }

  private void full() {
    reject(
        "the profiles of the request become larger than the "
            + budget.most()
            + " bytes that limits.max_inflated_size and limits.max_in_flight_bytes allow, as each"
            + " gets its own copy of what it uses of the dictionary; send fewer in a request");
  }

  /** Before any of them is made. Returns how many labels they have. */
  private int bounded(int more, SeriesLabels each) throws MalformedProfileException {
    if (profiles.size() + more > ProfileConverter.MOST_BODIES) {
      throw Wire.wrong(
          "the request has more than "
              + ProfileConverter.MOST_BODIES
              + " profiles of different services; send several");
    }
    long all = labels + (long) more * each.most();
    if (all > MOST_LABELS) {
      throw Wire.wrong(
          "the profiles of the request have more than " + MOST_LABELS + " labels; send several");
    }
    return more * each.most();
  }

  private void reject(String why) {
    rejected++;
    if (reason.isEmpty()) {
      reason = why;
    }
  }
}
