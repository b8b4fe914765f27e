package dev.stoker.discovery.kubernetes.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import dev.stoker.discovery.kubernetes.objects.Trim;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a list or of a watch while it comes in. Used by one thread at a time, and no
 * event loop's.
 */
final class AnswerReader {
  private static final String TOO_LARGE =
      "the object is over " + (JsonFrames.MOST_OBJECT >> 20) + " MiB, which no API server keeps";

  private static final int LONGEST = 100;

  private final ObjectMapper mapper;
  private final Kind kind;
  private final boolean watch;
  private final JsonFrames frames;
  private List<Told> told = new ArrayList<>();

  AnswerReader(ObjectMapper mapper, Kind kind, boolean watch) {
    this.mapper = mapper;
    this.kind = kind;
    this.watch = watch;
    this.frames = watch ? JsonFrames.ofStream(new Events()) : JsonFrames.ofList(new Items());
  }

  boolean isWatch() {
    return watch;
  }

  /**
   * @return what the bytes have completed
   * @throws IOException that is no answer of an API server
   */
  List<Told> read(byte[] bytes, int offset, int length) throws IOException {
    frames.feed(bytes, offset, length);
    return taken();
  }

  private List<Told> taken() {
    List<Told> taken = told;
    told = new ArrayList<>();
    return taken;
  }

  /**
   * @throws IOException the body is not whole, or no list
   */
  List<Told> end() throws IOException {
    byte[] rest = frames.end();
    if (!watch) {
      JsonNode list = mapper.readTree(rest);
      if (list == null || !list.path("items").isArray() && !list.path("items").isNull()) {
        throw new IOException("the answer is no list of " + kind.plural());
      }
      JsonNode meta = list.path("metadata");
      told.add(
          new Told.PageEnd(
              meta.path("resourceVersion").asText(""), meta.path("continue").asText("")));
    }
    return taken();
  }

  /** The objects of a list. */
  private final class Items implements JsonFrames.Sink {
    @Override
    public void object(byte[] bytes, int offset, int length) throws IOException {
      try (JsonParser parser = mapper.createParser(bytes, offset, length)) {
        there(parser.readValueAs(kind.type()));
      } catch (JacksonException odd) {
        odd("", bytes, offset, length, why(odd));
      }
    }

    @Override
    public void tooLarge(byte[] head) throws IOException {
      odd("", head, 0, head.length, TOO_LARGE);
    }
  }

  /** The changes that a watch tells. */
  private final class Events implements JsonFrames.Sink {
    @Override
    public void object(byte[] bytes, int offset, int length) throws IOException {
      try (JsonParser parser = mapper.createParser(bytes, offset, length)) {
        event(parser);
      } catch (JacksonException odd) {
        odd("/object", bytes, offset, length, why(odd));
      }
    }

    @Override
    public void tooLarge(byte[] head) throws IOException {
      odd("/object", head, 0, head.length, TOO_LARGE);
    }
  }

  /** One odd object must not keep all others away, nor hide itself. */
  private void odd(String at, byte[] bytes, int offset, int length, String why) throws IOException {
    ObjectNames names = ObjectNames.in(mapper.getFactory(), at, bytes, offset, length);
    told.add(
        names.isDeleted()
            ? new Told.Gone(names.key(), names.version())
            : new Told.Odd(names.key(), names.version(), why));
  }

  /** In words of the API and not of a library: which field it is. */
  private static String why(JacksonException odd) {
    if (odd instanceof JsonParseException || odd.getCause() instanceof JsonParseException) {
      return "it is no JSON that can be read";
    }
    if (odd instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      StringBuilder field = new StringBuilder();
      for (JsonMappingException.Reference part : mapping.getPath()) {
        if (part.getFieldName() == null) {
          field.append('[').append(part.getIndex()).append(']');
        } else {
          field.append(field.length() == 0 ? "" : ".").append(part.getFieldName());
        }
      }
      String name = field.length() > LONGEST ? field.substring(0, LONGEST) + "…" : field.toString();
      return "its field " + name + " is not of the kind that the API has there";
    }
    return "it is not of the shape that the API has";
  }

  private void there(HasMetadata object) {
    String version = Trim.versionOf(object);
    String key = ObjectKey.of(object.getMetadata());
    told.add(
        key.isEmpty()
            ? new Told.Odd("", version, "it has no name")
            : new Told.There(object, version));
  }

  private void event(JsonParser parser) throws IOException {
    String type = "";
    TokenBuffer early = null;
    parser.nextToken();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals("type")) {
        type = parser.getValueAsString("");
      } else if (name.equals("object") && !type.isEmpty()) {
        object(type, parser);
      } else if (name.equals("object")) {
        // Nothing says that the type must come first.
        early = new TokenBuffer(parser);
        early.copyCurrentStructure(parser);
      } else {
        parser.skipChildren();
      }
    }
    early(type, early);
  }

  private void early(String type, @Nullable TokenBuffer object) throws IOException {
    if (object != null) {
      try (JsonParser parser = object.asParserOnFirstToken()) {
        parser.setCodec(mapper);
        object(type, parser);
      }
    }
  }

  private void object(String type, JsonParser parser) throws IOException {
    switch (type) {
      case "ADDED", "MODIFIED" -> there(parser.readValueAs(kind.type()));
      case "DELETED" -> {
        told.add(gone(tree(parser)));
      }
      case "BOOKMARK" -> {
        JsonNode version = tree(parser).path("metadata").path("resourceVersion");
        told.add(new Told.Bookmark(version.asText("")));
      }
      case "ERROR" -> {
        JsonNode status = tree(parser);
        String words = status.path("message").asText(status.path("reason").asText("no message"));
        long seconds = status.path("details").path("retryAfterSeconds").asLong();
        told.add(
            new Told.Refused(
                new ApiFailure(status.path("code").asInt(), words, RetryAfter.ofSeconds(seconds))));
      }
      default -> parser.skipChildren();
    }
  }

  private static Told.Gone gone(JsonNode object) {
    JsonNode meta = object.path("metadata");
    return new Told.Gone(
        ObjectKey.of(meta.path("namespace").asText(""), meta.path("name").asText("")),
        meta.path("resourceVersion").asText(""));
  }

  private static JsonNode tree(JsonParser parser) throws IOException {
    return parser.readValueAsTree();
  }
}
