package dev.stoker.alloy.eval;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Parser;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Item;
import dev.stoker.alloy.syntax.Value.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** JSON to values, for <code>encoding.from_json</code>. */
final class JsonReader {
  private final String text;
  private final int line;

  JsonReader(String text, int line) {
    this.text = text;
    this.line = line;
  }

  Value read() throws AlloyError {
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      parser.nextToken();
      Value value = value(parser, 0);
      if (parser.nextToken() != null) {
        throw bad();
      }
      return value;
    } catch (IOException malformed) {
      throw bad();
    }
  }

  private Value value(JsonParser parser, int depth) throws IOException, AlloyError {
    JsonToken token = parser.currentToken();
    if (token == null || depth > Parser.MAX_DEPTH) {
      throw bad();
    }
    return switch (token) {
      case VALUE_STRING -> Text.of(parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> new Value.Bool(token == JsonToken.VALUE_TRUE);
      case VALUE_NULL -> new Value.Nothing();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Value.Num(parser.getDoubleValue(), false);
      case START_ARRAY -> array(parser, depth);
      case START_OBJECT -> object(parser, depth);
      default -> throw bad();
    };
  }

  private Value array(JsonParser parser, int depth) throws IOException, AlloyError {
    List<Item> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(new Item(value(parser, depth + 1), List.of(), line));
    }
    return new Value.Items(items, List.of());
  }

  private Value object(JsonParser parser, int depth) throws IOException, AlloyError {
    List<Value.Entry> entries = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      entries.add(new Value.Entry(key, new Item(value(parser, depth + 1), List.of(), line)));
    }
    return new Value.Entries(entries, List.of());
  }

  private AlloyError bad() {
    return new AlloyError(line, "the text is no well-formed JSON, or nested too deep");
  }
}
