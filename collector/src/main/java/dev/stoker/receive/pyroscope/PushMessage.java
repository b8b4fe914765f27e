package dev.stoker.receive.pyroscope;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads <code>push.v1.PushRequest</code> as protobuf: series 1 → labels 1 (name 1, value 2),
 * samples 2 (raw_profile 1, ID 2). What else there is is left out, as servers do.
 */
final class PushMessage {
  /** More than any sender batches; without a bound, empty ones would fill the memory. */
  static final int MOST_PROFILES = 10_000;

  static final int MOST_LABELS = 1_000;

  private static final int BYTES = 2;
  private static final int FIRST = 1 << 3 | BYTES;
  private static final int SECOND = 2 << 3 | BYTES;

  private final CodedInputStream in;
  private final List<Incoming> profiles = new ArrayList<>();
  private int series;

  private PushMessage(byte[] message) {
    this.in = CodedInputStream.newInstance(message);
  }

  /**
   * @throws InvalidPush the message is malformed
   */
  static List<Incoming> decode(byte[] message) throws InvalidPush {
    try {
      PushMessage reading = new PushMessage(message);
      reading.each(
          tag -> {
            if (tag != FIRST) {
              return false;
            }
            reading.series();
            return true;
          });
      return reading.profiles;
    } catch (InvalidProtocolBufferException malformed) {
      throw new InvalidPush("the request is no push.v1.PushRequest: " + malformed.getMessage());
    } catch (IOException arraysDoNotFail) {
      throw new IllegalStateException(arraysDoNotFail);
    }
  }

  /** Handles a field. */
  private interface Field {
    /** False = it is to be left out. */
    boolean read(int tag) throws IOException, InvalidPush;
  }

  private void each(Field field) throws IOException, InvalidPush {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!field.read(tag) && !in.skipField(tag)) {
        throw new InvalidProtocolBufferException("a group ends that has not begun");
      }
    }
  }

  private void message(Field field) throws IOException, InvalidPush {
    int before = in.pushLimit(in.readRawVarint32());
    each(field);
    if (in.getBytesUntilLimit() != 0) {
      throw new InvalidProtocolBufferException("a message is longer than it says");
    }
    in.popLimit(before);
  }

  private void series() throws IOException, InvalidPush {
    if (++series > MOST_PROFILES) {
      throw tooMany();
    }
    List<Incoming.Label> labels = new ArrayList<>();
    List<byte[]> bodies = new ArrayList<>();
    message(
        tag -> {
          if (tag == FIRST) {
            label(labels);
          } else if (tag == SECOND) {
            sample(bodies);
          } else {
            return false;
          }
          return true;
        });
    List<Incoming.Label> all = List.copyOf(labels);
    bodies.forEach(body -> profiles.add(new Incoming(all, body)));
  }

  private void label(List<Incoming.Label> labels) throws IOException, InvalidPush {
    if (labels.size() >= MOST_LABELS) {
      throw new InvalidPush("a series has more than " + MOST_LABELS + " labels");
    }
    String[] pair = {"", ""};
    message(
        tag -> {
          if (tag != FIRST && tag != SECOND) {
            return false;
          }
          pair[tag == FIRST ? 0 : 1] = in.readStringRequireUtf8();
          return true;
        });
    labels.add(new Incoming.Label(pair[0], pair[1]));
  }

  private void sample(List<byte[]> bodies) throws IOException, InvalidPush {
    if (profiles.size() + bodies.size() >= MOST_PROFILES) {
      throw tooMany();
    }
    byte[][] body = {new byte[0]};
    message(
        tag -> {
          if (tag != FIRST) {
            return false;
          }
          body[0] = in.readByteArray();
          return true;
        });
    bodies.add(body[0]);
  }

  static InvalidPush tooMany() {
    return new InvalidPush(
        "the request has more than " + MOST_PROFILES + " profiles or series; send several");
  }
}
