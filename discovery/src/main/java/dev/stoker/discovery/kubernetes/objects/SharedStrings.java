package dev.stoker.discovery.kubernetes.objects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Reads strings so that those which come again and again (nodes, images, phases, the values of
 * labels) are held once: ten thousand pods have few different ones. The table has a fixed size; a
 * newer string takes the place of an older one.
 */
final class SharedStrings extends StdScalarDeserializer<String> {
  private static final long serialVersionUID = 1;
  private static final int SLOTS = 1 << 12;
  private static final int LONGEST = 128;

  private final transient AtomicReferenceArray<String> slots = new AtomicReferenceArray<>(SLOTS);

  SharedStrings() {
    super(String.class);
  }

  @Override
  public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    return shared(StringDeserializer.instance.deserialize(parser, context));
  }

  private String shared(String text) {
    if (text == null || text.length() > LONGEST) {
      return text;
    }
    int hash = text.hashCode();
    int slot = (hash ^ hash >>> 16) & SLOTS - 1;
    String known = slots.get(slot);
    if (text.equals(known)) {
      return known;
    }
    slots.set(slot, text);
    return text;
  }
}
