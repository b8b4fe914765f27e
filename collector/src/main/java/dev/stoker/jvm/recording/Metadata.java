package dev.stoker.jvm.recording;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A chunk's own description of its types: a tree of elements over a table of strings. */
final class Metadata {
  private static final int MAX_BYTES = 8 << 20;
  private static final int MAX_ELEMENTS = 400_000;
  private static final int MAX_DEPTH = 16;

  private final ChunkBytes in;
  private final List<String> strings = new ArrayList<>();
  private final Map<Long, Type> types = new HashMap<>();
  private final Map<Type, List<Map<String, String>>> fields = new HashMap<>();
  private int elements;

  private Metadata(ChunkBytes in) {
    this.in = in;
  }

  /**
   * @param position of the metadata event
   */
  static Map<Long, Type> read(ChunkBytes in, long position) throws MalformedRecordingException {
    if (position <= 0 || position >= in.bytes.length) {
      throw ChunkBytes.damaged("its metadata is not where the header says");
    }
    in.seek((int) position);
    long size = in.varlong();
    if (size <= 0 || size > MAX_BYTES || position + size > in.bytes.length || in.varlong() != 0) {
      throw ChunkBytes.damaged("its metadata is not where the header says");
    }
    in.limit = (int) (position + size);
    Metadata metadata = new Metadata(in);
    metadata.read();
    return metadata.types;
  }

  private void read() throws MalformedRecordingException {
    in.varlong();
    in.varlong();
    in.varlong();
    int count = in.count();
    for (int i = 0; i < count; i++) {
      String text = Texts.read(in, key -> null);
      strings.add(text == null ? "" : text);
    }
    element(null, 0);
    for (Map.Entry<Type, List<Map<String, String>>> entry : fields.entrySet()) {
      for (Map<String, String> field : entry.getValue()) {
        Type type = types.get(id(field.getOrDefault("class", "")));
        if (type == null) {
          throw ChunkBytes.damaged("a field of " + entry.getKey().name + " has no known type");
        }
        entry
            .getKey()
            .fields
            .add(
                new Type.Field(
                    field.getOrDefault("name", ""),
                    type,
                    "true".equals(field.get("constantPool")),
                    field.containsKey("dimension")));
      }
    }
  }

  /**
   * @param owner the type that the element is part of; null = none
   */
  private void element(@Nullable Type owner, int depth) throws MalformedRecordingException {
    if (++elements > MAX_ELEMENTS || depth > MAX_DEPTH) {
      throw ChunkBytes.damaged("its metadata is too large or nested too deeply");
    }
    String name = string();
    Map<String, String> attributes = new HashMap<>();
    for (int left = in.count(); left > 0; left--) {
      String key = string();
      attributes.put(key, string());
    }
    Type inside = owner;
    if (name.equals("class")) {
      inside = new Type(attributes.getOrDefault("name", ""));
      types.put(id(attributes.getOrDefault("id", "")), inside);
    } else if (name.equals("field") && owner != null) {
      fields.computeIfAbsent(owner, ignored -> new ArrayList<>()).add(attributes);
    }
    for (int left = in.count(); left > 0; left--) {
      element(inside, depth + 1);
    }
  }

  private String string() throws MalformedRecordingException {
    long index = in.varlong();
    if (index < 0 || index >= strings.size()) {
      throw ChunkBytes.damaged("its metadata refers to a text that is not there");
    }
    return strings.get((int) index);
  }

  private static long id(String text) throws MalformedRecordingException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException bad) {
      throw ChunkBytes.damaged("its metadata has a type without a number");
    }
  }
}
