package dev.stoker.discovery.kubernetes.objects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values of JSON's fields as the kinds that the API has: each method is called at the
 * first token of a value and leaves the parser at its last one. As far as it makes sense, a number
 * in place of a text is read as one, and the other way round.
 */
final class Fields {
  private static final int LONGEST_PATH = 100;

  /** Takes one field that is not null. */
  interface Field {
    void read(String name, JsonParser value) throws IOException;
  }

  /** Reads one element of a list that is not null. */
  interface Element<T> {
    T read(JsonParser value) throws IOException;
  }

  /** The value at the parser is of another kind. */
  static final class Odd extends IOException {
    private static final long serialVersionUID = 1;
  }

  /** Where an object begins. */
  record Place(JsonStreamContext around) {
    /**
     * @return such as <code>spec.containers[0].ports</code>; "" = the object itself
     */
    String to(JsonParser json) {
      StringBuilder path = new StringBuilder();
      for (JsonStreamContext at = contextOfValue(json);
          at != null && at != around;
          at = at.getParent()) {
        if (!at.inRoot()) {
          String step = at.inArray() ? "[" + at.getCurrentIndex() + "]" : at.getCurrentName();
          path.insert(0, path.isEmpty() || path.charAt(0) == '[' ? step : step + ".");
        }
      }
      return path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) + "…" : path.toString();
    }
  }

  private final SharedStrings shared = new SharedStrings();

  static Place place(JsonParser json) {
    return new Place(contextOfValue(json));
  }

  /** At a bracket the parser is within it already. */
  private static JsonStreamContext contextOfValue(JsonParser json) {
    JsonStreamContext context = json.getParsingContext();
    JsonToken token = json.currentToken();
    return token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY
        ? context.getParent()
        : context;
  }

  void each(JsonParser json, Field field) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new Odd();
    }
    for (String name; (name = json.nextFieldName()) != null; ) {
      if (json.nextToken() != JsonToken.VALUE_NULL) {
        field.read(name, json);
      }
    }
  }

  <T> List<T> list(JsonParser json, Element<T> element) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new Odd();
    }
    List<T> all = new ArrayList<>(2);
    for (JsonToken token; (token = json.nextToken()) != JsonToken.END_ARRAY; ) {
      if (token != JsonToken.VALUE_NULL) {
        all.add(element.read(json));
      }
    }
    return all;
  }

  Map<String, String> texts(JsonParser json) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    each(json, (name, value) -> texts.put(shared.of(name), text(value)));
    return texts;
  }

  /** One that other objects have too, such as a node's name: it is held once. */
  String text(JsonParser json) throws IOException {
    return shared.of(once(json));
  }

  /** One that no other object has. */
  String once(JsonParser json) throws IOException {
    if (!json.currentToken().isScalarValue()) {
      throw new Odd();
    }
    return json.getText();
  }

  /**
   * @return null = an empty text stands there
   */
  @Nullable Integer number(JsonParser json) throws IOException {
    switch (json.currentToken()) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        double number = json.getDoubleValue();
        if (number >= Integer.MIN_VALUE && number <= Integer.MAX_VALUE) {
          return (int) number;
        }
        throw new Odd();
      }
      case VALUE_STRING -> {
        String text = json.getText().strip();
        try {
          return text.isEmpty() ? null : Integer.valueOf(text);
        } catch (NumberFormatException noNumber) {
          throw new Odd();
        }
      }
      default -> throw new Odd();
    }
  }

  /**
   * @return null = an empty text stands there
   */
  @Nullable Boolean flag(JsonParser json) throws IOException {
    switch (json.currentToken()) {
      case VALUE_TRUE, VALUE_FALSE -> {
        return json.getBooleanValue();
      }
      case VALUE_STRING -> {
        return switch (json.getText().strip()) {
          case "true", "True", "TRUE" -> true;
          case "false", "False", "FALSE" -> false;
          case "" -> null;
          default -> throw new Odd();
        };
      }
      default -> throw new Odd();
    }
  }
}
