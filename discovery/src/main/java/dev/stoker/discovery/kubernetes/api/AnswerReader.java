package dev.stoker.discovery.kubernetes.api;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.stoker.discovery.kubernetes.objects.Kind;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import dev.stoker.discovery.kubernetes.objects.ObjectReader;
import dev.stoker.discovery.kubernetes.objects.OddShapeException;
import io.fabric8.kubernetes.api.model.ObjectMeta;
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

  private final ApiJson json;
  private final Kind kind;
  private final boolean watch;
  private final JsonFrames frames;
  private List<Told> told = new ArrayList<>();

  AnswerReader(ApiJson json, Kind kind, boolean watch) {
    this.json = json;
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
      told.add(page(rest));
    }
    return taken();
  }

  private Told.PageEnd page(byte[] rest) throws IOException {
    ListMeta meta = new ListMeta();
    boolean items = false;
    try (JsonParser parser = json.parser(rest, 0, rest.length)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        for (String name; (name = parser.nextFieldName()) != null; ) {
          JsonToken value = parser.nextToken();
          if (name.equals("items")) {
            items = value == JsonToken.START_ARRAY || value == JsonToken.VALUE_NULL;
            parser.skipChildren();
          } else if (name.equals("metadata") && value == JsonToken.START_OBJECT) {
            meta.read(parser);
          } else {
            parser.skipChildren();
          }
        }
      }
    }
    if (!items) {
      throw new IOException("the answer is no list of " + kind.plural());
    }
    return new Told.PageEnd(meta.version, meta.next);
  }

  /** The objects of a list. */
  private final class Items implements JsonFrames.Sink {
    @Override
    public void object(byte[] bytes, int offset, int length) throws IOException {
      try (JsonParser parser = json.parser(bytes, offset, length)) {
        parser.nextToken();
        there(parser);
      } catch (JacksonException | OddShapeException odd) {
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
      try (JsonParser parser = json.parser(bytes, offset, length)) {
        event(parser);
      } catch (JacksonException | OddShapeException odd) {
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
    ObjectNames names = ObjectNames.in(json, at, bytes, offset, length);
    told.add(
        names.isDeleted()
            ? new Told.Gone(names.key(), names.version())
            : new Told.Odd(names.key(), names.version(), why));
  }

  /** In words of the API and not of a library. */
  private static String why(IOException odd) {
    return odd instanceof OddShapeException
        ? String.valueOf(odd.getMessage())
        : "it is no JSON that can be read";
  }

  private void there(JsonParser parser) throws IOException {
    ObjectReader.Read read = json.objects().read(kind, parser);
    String key = ObjectKey.of(read.object().getMetadata());
    told.add(
        key.isEmpty()
            ? new Told.Odd("", read.version(), "it has no name")
            : new Told.There(read.object(), read.version()));
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
        object(type, parser);
      }
    }
  }

  private void object(String type, JsonParser parser) throws IOException {
    switch (type) {
      case "ADDED", "MODIFIED" -> there(parser);
      case "DELETED" -> {
        ObjectMeta names = json.objects().names(parser);
        told.add(new Told.Gone(ObjectKey.of(names), version(names)));
      }
      case "BOOKMARK" -> told.add(new Told.Bookmark(version(json.objects().names(parser))));
      case "ERROR" -> told.add(new Told.Refused(ApiStatus.read(parser).failure()));
      default -> parser.skipChildren();
    }
  }

  private static String version(ObjectMeta names) {
    return names.getResourceVersion() == null ? "" : names.getResourceVersion();
  }

  /** What a list says of itself. */
  private static final class ListMeta {
    String version = "";
    String next = "";

    void read(JsonParser parser) throws IOException {
      for (String name; (name = parser.nextFieldName()) != null; ) {
        parser.nextToken();
        switch (name) {
          case "resourceVersion" -> version = parser.getValueAsString("");
          case "continue" -> next = parser.getValueAsString("");
          default -> parser.skipChildren();
        }
      }
    }
  }
}
