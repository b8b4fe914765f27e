package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Workspace;

/**
 * An <code>ExportProfilesServiceRequest</code> that is about to be read. It was looked over once,
 * so that it is known what reading takes.
 *
 * @param message protobuf, not compressed
 * @param entries of the dictionary
 * @param samples of the profile with most of them
 * @param profiles of all resources and scopes
 */
public record OtlpRequest(byte[] message, int entries, int samples, int profiles) {
  /** Where an entry is, its new ids, and what is known of an attribute. */
  private static final int ENTRY_BYTES = 64;

  private static final int SAMPLE_BYTES = 24;

  /** Senders have some in a request; without a bound, empty ones would fill the memory. */
  private static final int MOST_PROFILES = 10_000;

  /**
   * Looks it over, and keeps nothing but counts.
   *
   * @throws MalformedProfileException it is none, or is of another version of the schema
   */
  public static OtlpRequest of(byte[] message) throws MalformedProfileException {
    Counter counter = new Counter(message);
    counter.request();
    if (counter.profiles > MOST_PROFILES) {
      throw Wire.wrong("the request has more than " + MOST_PROFILES + " profiles; send several");
    }
    if (counter.entries > Dictionary.MOST_ENTRIES) {
      throw Wire.wrong(
          "the dictionary of the request has more than " + Dictionary.MOST_ENTRIES + " entries");
    }
    if (counter.profiles > 0 && counter.entries == 0) {
      throw Wire.wrong(SchemaGuess.NO_DICTIONARY);
    }
    return new OtlpRequest(message, counter.entries, counter.samples, counter.profiles);
  }

  /**
   * Bytes that reading it takes at most, beside the message.
   *
   * @param most bytes that its profiles may have in all, as in {@link #decode}
   */
  public long memory(long most) {
    return (long) ENTRY_BYTES * entries + (long) SAMPLE_BYTES * samples + message.length + 2 * most;
  }

  /** Bytes in all that are enough for the profiles of almost all requests. */
  public long usual() {
    return (1 << 20) + 4L * message.length;
  }

  /**
   * Reads it. Takes CPU time, in proportion to the message and to what is allowed.
   *
   * @param most bytes that its profiles may have in all, not compressed
   * @throws MalformedProfileException nothing of it can be read
   */
  public Decoded decode(long most, Workspace workspace) throws MalformedProfileException {
    return new RequestDecoder(this, new Budget(most), workspace).decode();
  }

  /** Counts without keeping anything. */
  private static final class Counter {
    private final byte[] message;
    private int entries;
    private int samples;
    private int profiles;
    private int parts;

    Counter(byte[] message) {
      this.message = message;
    }

    void request() throws MalformedProfileException {
      Cursor cursor = Wire.over(message, 0, message.length);
      while (cursor.next()) {
        if (cursor.field() == OtlpFields.Request.RESOURCE_PROFILES) {
          cursor.expectBytes();
          inside(cursor.start(), cursor.end(), 0);
        } else if (cursor.field() == OtlpFields.Request.DICTIONARY) {
          cursor.expectBytes();
          entries += Dictionary.count(message, cursor.start(), cursor.end());
        } else {
          cursor.skip();
        }
      }
    }

    /** The fields of scopes and of profiles have the same number in what is around them. */
    private void inside(int from, int to, int depth) throws MalformedProfileException {
      if (++parts > MOST_PROFILES) {
        throw Wire.wrong(
            "the request has more than " + MOST_PROFILES + " resources and scopes; send several");
      }
      Cursor cursor = Wire.over(message, from, to);
      while (cursor.next()) {
        if (cursor.field() == OtlpFields.Resource.SCOPE_PROFILES && depth < 1) {
          cursor.expectBytes();
          inside(cursor.start(), cursor.end(), depth + 1);
        } else if (cursor.field() == OtlpFields.Scope.PROFILES) {
          cursor.expectBytes();
          profiles++;
          samples = Math.max(samples, Dictionary.count(message, cursor.start(), cursor.end()));
        } else {
          cursor.skip();
        }
      }
    }
  }
}
