package dev.stoker.otlp.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Writes a request that came as JSON as protobuf, so that there is one reader. Names are in
 * lowerCamelCase, ids in hexadecimal digits, large numbers may be texts; what nobody knows is left
 * out, as OTLP says.
 */
public final class OtlpJson {
  /** Bytes of protobuf, and of the arrays on the way there, for a byte of JSON. */
  public static final int GROWTH = 10;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int MOST_DEPTH = 60;

  /** The length of a text is bounded by that of the body. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNestingDepth(2 * MOST_DEPTH)
                  .build())
          .build();

  private final JsonParser in;

  /** By depth, used again from message to message. */
  private final List<ByteSink> sinks = new ArrayList<>();

  private final ByteSink packed = new ByteSink();

  private OtlpJson(JsonParser in) {
    this.in = in;
  }

  /**
   * @throws MalformedProfileException it is no JSON, or has other values than a request
   */
  public static byte[] toProto(byte[] json) throws MalformedProfileException {
    try (JsonParser parser = JSON.createParser(json)) {
      OtlpJson reading = new OtlpJson(parser);
      parser.nextToken();
      ByteSink request = reading.message(Shape.REQUEST, 0);
      if (parser.nextToken() != null) {
        throw new MalformedProfileException("the request has something behind its JSON");
      }
      return Arrays.copyOf(request.bytes, request.size);
    } catch (JsonProcessingException malformed) {
      throw new MalformedProfileException(
          "the request is no JSON: line "
              + malformed.getLocation().getLineNr()
              + ", column "
              + malformed.getLocation().getColumnNr());
    } catch (IOException arraysDoNotFail) {
      throw new IllegalStateException(arraysDoNotFail);
    }
  }

  private ByteSink message(Shape shape, int depth) throws IOException, MalformedProfileException {
    if (in.currentToken() != JsonToken.START_OBJECT || depth >= MOST_DEPTH) {
      throw wrong("an object");
    }
    if (sinks.size() <= depth) {
      sinks.add(new ByteSink());
    }
    ByteSink sink = sinks.get(depth);
    sink.reset();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      Shape.Field field = shape.field(in.currentName());
      JsonToken value = in.nextToken();
      if (field == null || value == JsonToken.VALUE_NULL) {
        in.skipChildren();
      } else if (value == JsonToken.START_ARRAY) {
        array(field, sink, depth);
      } else {
        value(field, sink, depth);
      }
    }
    return sink;
  }

  private void array(Shape.Field field, ByteSink sink, int depth)
      throws IOException, MalformedProfileException {
    boolean numbers = field.kind() == Shape.Kind.NUMBER || field.kind() == Shape.Kind.FIXED64;
    packed.reset();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      if (!numbers) {
        value(field, sink, depth);
      } else if (field.kind() == Shape.Kind.NUMBER) {
        packed.varint(number());
      } else {
        packed.fixed64(number());
      }
    }
    if (numbers && packed.size > 0) {
      sink.field(field.number(), packed.bytes, 0, packed.size);
    }
  }

  private void value(Shape.Field field, ByteSink sink, int depth)
      throws IOException, MalformedProfileException {
    switch (field.kind()) {
      case MESSAGE -> {
        Shape inner = field.shape();
        if (inner != null) {
          ByteSink child = message(inner, depth + 1);
          sink.field(field.number(), child.bytes, 0, child.size);
        }
      }
      case TEXT -> bytes(field, text().getBytes(StandardCharsets.UTF_8), sink);
      case HEX -> bytes(field, hex(), sink);
      case BASE64 -> bytes(field, in.getBinaryValue(), sink);
      case NUMBER -> {
        sink.tag(field.number(), VARINT);
        sink.varint(number());
      }
      case BOOL -> {
        sink.tag(field.number(), VARINT);
        sink.varint(in.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0);
      }
      case FIXED64 -> {
        sink.tag(field.number(), FIXED64);
        sink.fixed64(number());
      }
      case DOUBLE -> {
        sink.tag(field.number(), FIXED64);
        sink.fixed64(Double.doubleToLongBits(real()));
      }
      case OLD ->
          throw new MalformedProfileException(
              "the request is not of the schema that Stoker reads, which is that of"
                  + " opentelemetry-proto 1.10 (profiles v1development 0.3): it has a field that"
                  + " only 1.8 and older have, in line "
                  + in.currentLocation().getLineNr());
    }
  }

  private static void bytes(Shape.Field field, byte[] bytes, ByteSink sink) {
    sink.field(field.number(), bytes, 0, bytes.length);
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
