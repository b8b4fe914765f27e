package dev.stoker.discovery.kubernetes.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import dev.stoker.discovery.kubernetes.objects.ObjectReader;
import java.io.IOException;

/** Parsers of what an API server answers. For all threads of its client. */
final class ApiJson {
  /** Keys of managedFields have no end: to keep each of them as a name would be in vain. */
  private final JsonFactory factory =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  private final ObjectReader objects = new ObjectReader();

  JsonParser parser(byte[] bytes, int offset, int length) throws IOException {
    return factory.createParser(bytes, offset, length);
  }

  ObjectReader objects() {
    return objects;
  }
}
