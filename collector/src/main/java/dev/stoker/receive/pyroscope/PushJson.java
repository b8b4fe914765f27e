package dev.stoker.receive.pyroscope;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads <code>push.v1.PushRequest</code> as JSON, in protobuf's form: <code>
 * {"series":[{"labels":[{"name","value"}],"samples":[{"rawProfile":"base64","ID"}]}]}</code>. Names
 * may also be written as in the proto file. Unknown ones are left out, as servers do.
 */
final class PushJson {
  /** The length of a text is bounded by that of the body. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNestingDepth(100)
                  .build())
          .build();

  private final JsonParser in;
  private final List<Incoming> profiles = new ArrayList<>();
  private int series;

  private PushJson(JsonParser in) {
    this.in = in;
  }

  /**
   * @throws InvalidPush the message is malformed
   */
  static List<Incoming> decode(byte[] message) throws InvalidPush {
    try (JsonParser parser = JSON.createParser(message)) {
      PushJson reading = new PushJson(parser);
      parser.nextToken();
      reading.object(name -> name.equals("series"), name -> reading.array(reading::series));
      if (parser.nextToken() != null) {
        throw new InvalidPush("the request has something behind its JSON");
      }
      return reading.profiles;
    } catch (JsonProcessingException malformed) {
      throw new InvalidPush(
          "the request is no JSON: " + InvalidPush.shown(malformed.getOriginalMessage()));
    } catch (IOException otherBytes) { // JSON may be UTF-16 and UTF-32 too
      throw new InvalidPush(
          "the request is no JSON: " + InvalidPush.shown(String.valueOf(otherBytes.getMessage())));
    }
  }

  private interface Known {
    boolean is(String name);
  }

  private interface Value {
    void read(String name) throws IOException, InvalidPush;
  }

  private interface Element {
    void read() throws IOException, InvalidPush;
  }

  private void object(Known known, Value value) throws IOException, InvalidPush {
    if (in.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("an object");
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String name = in.currentName();
      in.nextToken();
      if (known.is(name) && in.currentToken() != JsonToken.VALUE_NULL) {
        value.read(name);
      } else {
        in.skipChildren();
      }
    }
    if (in.currentToken() != JsonToken.END_OBJECT) {
      throw wrong("the end of an object");
    }
  }

  private void array(Element element) throws IOException, InvalidPush {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw wrong("a list");
    }
    while (in.nextToken() != JsonToken.END_ARRAY) {
      element.read();
    }
  }

  private InvalidPush wrong(String expected) {
    return new InvalidPush(
        "the request is no push.v1.PushRequest: "
            + expected
            + " was expected in line "
            + in.currentLocation().getLineNr()
            + ", column "
            + in.currentLocation().getColumnNr());
  }

  private void series() throws IOException, InvalidPush {
    if (++series > PushMessage.MOST_PROFILES) {
      throw PushMessage.tooMany();
    }
    List<Incoming.Label> labels = new ArrayList<>();
    List<byte[]> bodies = new ArrayList<>();
    object(
        name -> name.equals("labels") || name.equals("samples"),
        name -> array(name.equals("labels") ? () -> label(labels) : () -> sample(bodies)));
    List<Incoming.Label> all = List.copyOf(labels);
    bodies.forEach(body -> profiles.add(new Incoming(all, body)));
  }

  private void label(List<Incoming.Label> labels) throws IOException, InvalidPush {
    if (labels.size() >= PushMessage.MOST_LABELS) {
      throw new InvalidPush("a series has more than " + PushMessage.MOST_LABELS + " labels");
    }
    String[] pair = {"", ""};
    object(
        name -> name.equals("name") || name.equals("value"),
        name -> pair[name.equals("name") ? 0 : 1] = text());
    labels.add(new Incoming.Label(pair[0], pair[1]));
  }

  private void sample(List<byte[]> bodies) throws IOException, InvalidPush {
    if (profiles.size() + bodies.size() >= PushMessage.MOST_PROFILES) {
      throw PushMessage.tooMany();
    }
    byte[][] body = {new byte[0]};
    object(
        name -> name.equals("rawProfile") || name.equals("raw_profile"),
        name -> {
          if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong("base64");
          }
          body[0] = in.getBinaryValue();
        });
    bodies.add(body[0]);
  }

  /** A text that is well-formed Unicode, as protobuf wants it. */
  private String text() throws IOException, InvalidPush {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong("a text");
    }
    String text = in.getText();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw wrong("valid Unicode");
      }
    }
    return text;
  }
}
