package dev.stoker.otlp.decode;

import dev.stoker.otlp.OtlpFields;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.Workspace;

/**
 * An <code>ExportProfilesServiceRequest</code> that is about to be read. It was looked over once,
 * so that it is known what reading takes.
 */
public final class OtlpRequest {
  /**
   * By field of the dictionary, with 0 for what nobody knows: where an entry is, its new ids, and
   * what is known of an attribute.
   */
  private static final int[] ENTRY_BYTES = {0, 40, 12, 12, 40, 16, 48, 8};

  private static final int SAMPLE_BYTES = 24;

  /** This is what profiles become, and their compressed bodies. */
  private static final int COPIES = 2;

  /** Senders have some in a request; without a bound, empty ones would fill the memory. */
  private static final int MOST_PROFILES = 10_000;

  private final Message message;
  private final int[] entries;
  private final int samples;
  private final int profiles;

  /** Protobuf, not compressed, in an array that may have more. */
  public record Message(byte[] bytes, int from, int to) {
    int size() {
      return to - from;
    }
  }

  private OtlpRequest(Counter counter) {
    this.message = counter.message;
    this.entries = counter.entries;
    this.samples = counter.samples;
    this.profiles = counter.profiles;
  }

  /** As {@link #of(Message)}, of all these bytes. */
  public static OtlpRequest of(byte[] message) throws MalformedProfileException {
    return of(new Message(message, 0, message.length));
  }

  /**
   * Looks it over, and keeps nothing but counts.
   *
   * @throws MalformedProfileException it is none, or is of another version of the schema
   */
  public static OtlpRequest of(Message message) throws MalformedProfileException {
    Counter counter = new Counter(message);
    counter.request();
    if (counter.profiles > MOST_PROFILES) {
      throw Wire.wrong("the request has more than " + MOST_PROFILES + " profiles; send several");
    }
    if (counter.allEntries > Dictionary.MOST_ENTRIES) {
      throw Wire.wrong(
          "the dictionary of the request has more than " + Dictionary.MOST_ENTRIES + " entries");
    }
    if (counter.profiles > 0 && counter.allEntries == 0) {
      throw Wire.wrong(SchemaGuess.NO_DICTIONARY);
    }
    return new OtlpRequest(counter);
  }

  /**
   * Bytes that reading it takes at most, with the array that the message is in.
   *
   * @param most bytes that its profiles may have in all, as in {@link #decode}
   */
  public long memory(long most) {
    return fixed() + COPIES * most;
  }

  /** Bytes that its profiles may have in all when there is so much memory; negative = none. */
  public long room(long memory) {
    return (memory - fixed()) / COPIES;
  }

  private long fixed() {
    long bytes = message.bytes().length + (long) SAMPLE_BYTES * samples;
    for (int field = 0; field < entries.length; field++) {
      bytes += (long) ENTRY_BYTES[field] * entries[field];
    }
    return bytes;
  }

  /** Bytes in all that are enough for the profiles of almost all requests. */
  public long usual() {
    return (1 << 20) + 4L * message.size();
  }

  /**
   * Bytes of memory in which a message of this size can be read when its profiles, its tables and
   * its samples together become no larger than it.
   */
  public static long enough(long message) {
    return (1 << 20) + (1 + COPIES) * message;
  }

  Message message() {
    return message;
  }

  int[] entries() {
    return entries;
  }

  /** It is that of the profile with most of them, or more. */
  int samples() {
    return samples;
  }

  /** All resources and scopes are in it. */
  int profiles() {
    return profiles;
  }

  /**
   * Reads it. Takes CPU time, in proportion to the message and to what is allowed.
   *
   * @param most bytes that its profiles may have in all, with their labels, not compressed
   * @throws MalformedProfileException nothing of it can be read
   */
  public Decoded decode(long most, Workspace workspace) throws MalformedProfileException {
    return new RequestDecoder(this, new Budget(most), workspace).decode();
  }

  /** Counts without keeping anything. */
  private static final class Counter {
    private final Message message;
    private final byte[] data;
    private final int[] entries = new int[ENTRY_BYTES.length];
    private int allEntries;
    private int samples;
    private int profiles;
    private int parts;

    Counter(Message message) {
      this.message = message;
      this.data = message.bytes();
    }

    void request() throws MalformedProfileException {
      Cursor cursor = Wire.over(data, message.from(), message.to());
      while (cursor.next()) {
        if (cursor.field() == OtlpFields.Request.RESOURCE_PROFILES) {
          cursor.expectBytes();
          inside(cursor.start(), cursor.end(), 0);
        } else if (cursor.field() == OtlpFields.Request.DICTIONARY) {
          cursor.expectBytes();
          dictionary(cursor.start(), cursor.end());
        } else {
          cursor.skip();
        }
      }
    }

    private void dictionary(int from, int to) throws MalformedProfileException {
      Cursor cursor = Wire.over(data, from, to);
      while (cursor.next()) {
        allEntries++;
        entries[cursor.field() < entries.length ? cursor.field() : 0]++;
        cursor.skip();
      }
    }

    /** The fields of scopes and of profiles have the same number in what is around them. */
    private void inside(int from, int to, int depth) throws MalformedProfileException {
      if (++parts > MOST_PROFILES) {
        throw Wire.wrong(
            "the request has more than " + MOST_PROFILES + " resources and scopes; send several");
      }
      Cursor cursor = Wire.over(data, from, to);
      while (cursor.next()) {
        if (cursor.field() == OtlpFields.Resource.SCOPE_PROFILES && depth < 1) {
          cursor.expectBytes();
          inside(cursor.start(), cursor.end(), depth + 1);
        } else if (cursor.field() == OtlpFields.Scope.PROFILES) {
          cursor.expectBytes();
          profiles++;
          samples = Math.max(samples, samples(cursor.start(), cursor.end()));
        } else {
          cursor.skip();
        }
      }
    }

    private int samples(int from, int to) throws MalformedProfileException {
      int count = 0;
      Cursor cursor = Wire.over(data, from, to);
      while (cursor.next()) {
        count += cursor.field() == OtlpFields.Profile.SAMPLES ? 1 : 0;
        cursor.skip();
      }
      return Math.min(count, ProfileHead.MOST_SAMPLES);
    }
  }
}
