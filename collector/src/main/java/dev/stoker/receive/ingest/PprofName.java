package dev.stoker.receive.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.receive.InvalidPush;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The <code>__name__</code> of a pprof profile that was sent without one: it follows from the names
 * of its sample types, or from those that the client's <code>sample_type_config</code> shows for
 * them. The profile itself stays as it is.
 */
final class PprofName {
  private static final int MOST_TYPES = 100;

  static String of(ProfileIndex index, byte[] config)
      throws MalformedProfileException, InvalidPush {
    Map<String, String> shown = shown(config);
    List<String> types = new ArrayList<>();
    Cursor cursor = new Cursor();
    for (int i = 0; i < Math.min(MOST_TYPES, index.typeStart.size); i++) {
      long name = 0;
      cursor.over(index.data, index.typeStart.at[i], index.typeEnd.at[i]);
      while (cursor.next()) {
        if (cursor.field() == 1) {
          name = cursor.value();
        } else {
          cursor.skip();
        }
      }
      String type = index.string(index.stringIndex(name));
      types.add(shown.getOrDefault(type, type));
    }
    if (types.isEmpty()) {
      throw new InvalidPush("the profile has no sample type");
    }
    return name(types);
  }

  /** Pyroscope's order. */
  private static String name(List<String> types) {
    String name = types.get(types.size() - 1);
    for (String type : types) {
      if (type.equals("wall")) {
        return "wall";
      }
    }
    for (String type : types) {
      if (type.equals("cpu") || type.equals("samples")) {
        return "process_cpu";
      }
      if (type.startsWith("alloc_")
          || type.startsWith("inuse_")
          || type.equals("space")
          || type.equals("objects")) {
        return "memory";
      }
      if (type.startsWith("mutex_") || type.equals("contentions")) {
        return "mutex";
      }
      if (type.startsWith("block_")) {
        return "block";
      }
      if (type.equals("goroutines")) {
        return "goroutines";
      }
    }
    return name;
  }

  private static Map<String, String> shown(byte[] config) throws InvalidPush {
    Map<String, String> shown = new HashMap<>();
    if (config.length == 0) {
      return shown;
    }
    try (JsonParser in = new JsonFactory().createParser(config)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidPush("sample_type_config is no JSON object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String type = in.currentName();
        if (in.nextToken() != JsonToken.START_OBJECT) {
          in.skipChildren();
          continue;
        }
        while (in.nextToken() == JsonToken.FIELD_NAME) {
          boolean display = in.currentName().equals("display-name");
          if (in.nextToken() == JsonToken.VALUE_STRING && display && !in.getText().isEmpty()) {
            shown.put(type, in.getText());
          }
          in.skipChildren();
        }
      }
      return shown;
    } catch (IOException malformed) {
      throw new InvalidPush("sample_type_config is no JSON");
    }
  }

  private PprofName() {}
}
