package dev.stoker.otlp.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.stoker.pprof.MalformedProfileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Writes a request that came as JSON as protobuf, so that there is one reader. Names are in
 * lowerCamelCase, ids in hexadecimal digits, large numbers may be texts; what nobody knows is left
 * out, as OTLP says.
 */
public final class OtlpJson {
  /** For a byte of JSON, the bytes of protobuf that are enough for almost all requests. */
  public static final int USUAL = 1;

  /** The bytes that it can be at most: of a 1 and a comma, the eight of a fixed64. */
  public static final int MOST = 4;

  /** Each text is held some times on its way. */
  private static final int MOST_TEXT = 1 << 20;

  private static final int TEXT_COPIES = 5;

  /** Reading takes this of any request, and tags and lengths take it of a short one. */
  private static final int LEAST = 64 << 10;

  private static final int ROOM = 1 << 10;
  private static final int MOST_DEPTH = 60;
  private static final byte[] UNKNOWN = {};

  /** Names are not kept from request to request: whoever sends them can make up any number. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(MOST_TEXT)
                  .maxNestingDepth(2 * MOST_DEPTH)
                  .build())
          .build();

  private final JsonParser in;
  private final ProtoSink out;

  private OtlpJson(JsonParser in, ProtoSink out) {
    this.in = in;
    this.out = out;
  }

  /**
   * Protobuf.
   *
   * @param bytes valid up to the size
   */
  public record Proto(byte[] bytes, int size) {}

  /**
   * Bytes that {@link #toProto} takes at most, beside the JSON.
   *
   * @param json bytes of it
   */
  public static long memory(long json, int growth) {
    return LEAST + growth * json + TEXT_COPIES * Math.min(json, MOST_TEXT);
  }

  /**
   * Takes CPU time, in proportion to the JSON.
   *
   * @param growth bytes of protobuf that there may be for each byte of JSON
   * @throws MalformedProfileException it is no JSON, or has other values than a request
   * @throws LargerProtoException it becomes larger; never with {@link #MOST}
   */
  public static Proto toProto(byte[] json, int growth)
      throws MalformedProfileException, LargerProtoException {
    ProtoSink out =
        new ProtoSink((int) Math.min(Integer.MAX_VALUE >> 1, ROOM + (long) growth * json.length));
    try (JsonParser parser = JSON.createParser(json)) {
      OtlpJson reading = new OtlpJson(parser, out);
      parser.nextToken();
      reading.message(Shape.REQUEST, 0);
      if (parser.nextToken() != null) {
        throw new MalformedProfileException("the request has something behind its JSON");
      }
      return new Proto(out.bytes(), out.size());
    } catch (StreamConstraintsException bound) {
      throw new MalformedProfileException(
          "the JSON of the request has a text of more than "
              + MOST_TEXT
              + " characters, a name or number that is too long, or is nested too deeply");
    } catch (JsonProcessingException malformed) {
      throw new MalformedProfileException(
          "the request is no JSON: line "
              + malformed.getLocation().getLineNr()
              + ", column "
              + malformed.getLocation().getColumnNr());
    } catch (IOException otherBytes) { // JSON may be UTF-16 and UTF-32 too
      throw new MalformedProfileException(
          "the request is no JSON: its characters are no valid Unicode");
    }
  }

  private void message(Shape shape, int depth)
      throws IOException, MalformedProfileException, LargerProtoException {
    if (in.currentToken() != JsonToken.START_OBJECT || depth >= MOST_DEPTH) {
      throw wrong("an object");
    }
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      Shape.Field field = shape.field(in.currentName());
      JsonToken value = in.nextToken();
      if (field == null || value == JsonToken.VALUE_NULL) {
        in.skipChildren();
      } else if (value == JsonToken.START_ARRAY) {
        array(field, depth);
      } else {
        value(field, depth);
      }
    }
  }

  private void array(Shape.Field field, int depth)
      throws IOException, MalformedProfileException, LargerProtoException {
    boolean numbers = field.kind() == Shape.Kind.NUMBER || field.kind() == Shape.Kind.FIXED64;
    int start = numbers ? out.open(field.number()) : 0;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (!numbers) {
        value(field, depth);
      } else if (field.kind() == Shape.Kind.NUMBER) {
        out.varint(number());
      } else {
        out.fixed64(number());
      }
    }
    if (numbers && out.size() > start) {
      out.close(start);
    } else if (numbers) {
      out.takeBack(start, field.number());
    }
  }

  private void value(Shape.Field field, int depth)
      throws IOException, MalformedProfileException, LargerProtoException {
    switch (field.kind()) {
      case MESSAGE -> {
        Shape inner = field.shape();
        if (inner != null) {
          int start = out.open(field.number());
          message(inner, depth + 1);
          out.close(start);
        }
      }
      case TEXT -> out.bytes(field.number(), text().getBytes(StandardCharsets.UTF_8));
      case HEX -> out.bytes(field.number(), hex());
      case UNUSED -> {
        in.skipChildren();
        out.bytes(field.number(), UNKNOWN);
      }
      case NUMBER -> out.number(field.number(), number());
      case BOOL -> {
        out.number(field.number(), in.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0);
        in.skipChildren();
      }
      case FIXED64 -> out.fixed64(field.number(), number());
      case DOUBLE -> {
        out.fixed64(field.number(), Double.doubleToLongBits(real()));
        in.skipChildren();
      }
      case OLD ->
          throw new MalformedProfileException(
              "the request is not of the schema that Stoker reads, which is that of"
                  + " opentelemetry-proto 1.10 (profiles v1development 0.3): it has a field that"
                  + " only 1.8 and older have, in line "
                  + in.currentLocation().getLineNr());
    }
  }

  private String text() throws IOException, MalformedProfileException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong("a text");
    }
    return in.getText();
  }

  private byte[] hex() throws IOException, MalformedProfileException {
    try {
      return HexFormat.of().parseHex(text());
    } catch (IllegalArgumentException noHex) {
      throw wrong("an id in hexadecimal digits");
    }
  }

  /** Texts such as NaN are no label anyway. */
  private double real() throws IOException {
    boolean number = in.currentToken() != null && in.currentToken().isNumeric();
    return number ? in.getDoubleValue() : Double.NaN;
  }

  private long number() throws IOException, MalformedProfileException {
    JsonToken token = in.currentToken();
    if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_STRING) {
      String text = in.getText();
      try {
        return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
      } catch (NumberFormatException noNumber) {
        throw wrong("a number of 64 bits");
      }
    }
    throw wrong("a whole number");
  }

  private MalformedProfileException wrong(String expected) {
    return new MalformedProfileException(
        "the request is no OTLP: "
            + expected
            + " was expected in line "
            + in.currentLocation().getLineNr()
            + ", column "
            + in.currentLocation().getColumnNr());
  }
}
