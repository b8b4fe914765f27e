package dev.stoker.discovery.kubernetes.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import java.io.IOException;

/**
 * What an object of the API is called, read from as much of it as makes sense.
 *
 * @param key "" = it has no name that can be read
 * @param version "" = none
 */
record ObjectNames(String key, String version, boolean isDeleted) {
  /**
   * @param at where in the JSON the object is, as a JSON pointer; "" = it is the JSON itself
   */
  static ObjectNames in(ApiJson json, String at, byte[] bytes, int offset, int length)
      throws IOException {
    JsonPointer meta = JsonPointer.compile(at + "/metadata");
    String name = "";
    String namespace = "";
    String version = "";
    boolean deleted = false;
    try (JsonParser parser = json.parser(bytes, offset, length)) {
      for (JsonToken token; (token = parser.nextToken()) != null; ) {
        JsonPointer place = parser.getParsingContext().pathAsPointer();
        if (token == JsonToken.END_OBJECT && place.equals(meta)) {
          break;
        } else if (token == JsonToken.VALUE_STRING && meta.equals(place.head())) {
          switch (place.last().getMatchingProperty()) {
            case "name" -> name = parser.getText();
            case "namespace" -> namespace = parser.getText();
            case "resourceVersion" -> version = parser.getText();
            default -> {
              // Not of its name.
            }
          }
        } else if (token == JsonToken.VALUE_STRING && !at.isEmpty() && isType(place)) {
          deleted = parser.getText().equals("DELETED");
        }
      }
    } catch (JacksonException end) {
      // It ends here, or makes no sense from here on: what was read before is what there is.
      return of(namespace, name, version, deleted);
    }
    return of(namespace, name, version, deleted);
  }

  private static boolean isType(JsonPointer place) {
    return place.toString().equals("/type");
  }

  private static ObjectNames of(String namespace, String name, String version, boolean deleted) {
    return new ObjectNames(name.isEmpty() ? "" : ObjectKey.of(namespace, name), version, deleted);
  }
}
