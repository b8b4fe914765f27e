package dev.stoker.discovery.kubernetes;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the body of a list or of a watch while it comes in. Used by one thread at a time, and no
 * event loop's.
 */
final class AnswerReader {
  private static final Logger log = LoggerFactory.getLogger(AnswerReader.class);

  private final ObjectMapper mapper;
  private final Kind kind;
  private final boolean watch;
  private final JsonFrames frames;
  private List<Told> told = new ArrayList<>();

  AnswerReader(ObjectMapper mapper, Kind kind, boolean watch) {
    this.mapper = mapper;
    this.kind = kind;
    this.watch = watch;
    this.frames = watch ? JsonFrames.ofStream(this::event) : JsonFrames.ofList(this::item);
  }

  boolean isWatch() {
    return watch;
  }

  /**
   * @return what the bytes have completed
   * @throws IOException that is no answer of an API server
   */
  List<Told> read(byte[] bytes, int offset, int length) throws IOException {
    int before = frames.skipped();
    frames.feed(bytes, offset, length);
    if (frames.skipped() > before) {
      log.warn("an object among the {} is too large to be read and gives no target", kind.plural());
    }
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

  private void item(byte[] bytes, int offset, int length) throws IOException {
    try (JsonParser parser = mapper.createParser(bytes, offset, length)) {
      there(parser.readValueAs(kind.type()));
    } catch (JacksonException odd) {
      skip(odd);
    }
  }

  /** One odd object must not keep all others away. */
  private void skip(JacksonException odd) {
    log.warn(
        "an object among the {} makes no sense and gives no target: {}",
        kind.plural(),
        odd.getOriginalMessage());
  }

  private void there(HasMetadata object) {
    String version = Trim.versionOf(object);
    told.add(new Told.There(object, version));
  }

  private void event(byte[] bytes, int offset, int length) throws IOException {
    try (JsonParser parser = mapper.createParser(bytes, offset, length)) {
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
    } catch (JacksonException odd) {
      skip(odd);
      JsonNode object = mapper.readTree(bytes, offset, length).path("object");
      told.add(gone(object));
    }
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
        Groups.key(meta.path("namespace").asText(""), meta.path("name").asText("")),
        meta.path("resourceVersion").asText(""));
  }

  private static JsonNode tree(JsonParser parser) throws IOException {
    return parser.readValueAsTree();
  }
}
