package dev.stoker.alloy.eval;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Entry;
import dev.stoker.alloy.syntax.Value.Text;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** The functions of <code>encoding</code> but those that read JSON and YAML. */
final class Encoding {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  static Text fromBase64(Call call, Base64.Decoder decoder) throws AlloyError {
    String text = call.plainOne().replace("\n", "").replace("\r", "");
    try {
      if (text.length() % 4 == 0) {
        ByteBuffer bytes = ByteBuffer.wrap(decoder.decode(text));
        return Text.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
      }
    } catch (IllegalArgumentException | CharacterCodingException noText) {
      // Told below.
    }
    throw call.error("the text is no Base64 of a text in UTF-8");
  }

  static Text toBase64(Call call, Base64.Encoder encoder) throws AlloyError {
    return Text.of(encoder.encodeToString(call.plainOne().getBytes(StandardCharsets.UTF_8)));
  }

  /** As in the query of a URL: a space is a +. */
  static Text urlEncode(Call call) throws AlloyError {
    StringBuilder out = new StringBuilder();
    for (byte octet : call.plainOne().getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      if (c == ' ') {
        out.append('+');
      } else if (c < 128 && (Character.isLetterOrDigit(c) || "-_.~".indexOf(c) >= 0)) {
        out.append(c);
      } else {
        out.append('%').append(HEX.toHexDigits(octet));
      }
    }
    return Text.of(out.toString());
  }

  static Text urlDecode(Call call) throws AlloyError {
    byte[] text = call.plainOne().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try {
      for (int i = 0; i < text.length; i++) {
        if (text[i] == '%' && i + 2 < text.length) {
          octets.write(
              HexFormat.fromHexDigit(text[i + 1]) << 4 | HexFormat.fromHexDigit(text[i + 2]));
          i += 2;
        } else if (text[i] == '%') {
          throw new IllegalArgumentException();
        } else {
          octets.write(text[i] == '+' ? ' ' : text[i]);
        }
      }
      ByteBuffer bytes = ByteBuffer.wrap(octets.toByteArray());
      return Text.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (IllegalArgumentException | CharacterCodingException malformed) {
      throw call.error("the text has a % that no two hexadecimal digits follow, or is no UTF-8");
    }
  }

  /** Keys are sorted, and what HTML means something by is escaped, as Go's library does. */
  static String json(Value value, int line) throws AlloyError {
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = new JsonFactory().createGenerator(out)) {
      write(generator, value, line);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    String json =
        out.toString().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    if (json.length() > Texts.MAX_LENGTH) {
      throw Texts.tooLong(line);
    }
    return json;
  }

  private static void write(JsonGenerator out, Value value, int line)
      throws IOException, AlloyError {
    if (value instanceof Text) {
      out.writeString(Texts.plain(value, "what becomes JSON", line));
    } else if (value instanceof Value.Num num) {
      out.writeNumber(Numbers.show(num.number()));
    } else if (value instanceof Value.Bool bool) {
      out.writeBoolean(bool.value());
    } else if (value instanceof Value.Nothing) {
      out.writeNull();
    } else if (value instanceof Value.Items items) {
      out.writeStartArray();
      for (Value.Item item : items.items()) {
        write(out, item.value(), line);
      }
      out.writeEndArray();
    } else if (value instanceof Value.Entries entries) {
      List<Entry> sorted =
          entries.entries().stream().sorted(Comparator.comparing(Entry::key)).toList();
      out.writeStartObject();
      for (Entry entry : sorted) {
        out.writeFieldName(entry.key());
        write(out, entry.item().value(), line);
      }
      out.writeEndObject();
    } else {
      throw new AlloyError(line, value.describe() + " cannot become JSON");
    }
  }

  private Encoding() {}
}
