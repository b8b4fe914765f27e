package dev.stoker.discovery.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.discovery.kubernetes.objects.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFramesTest {
  private static final String LIST =
      "{\"kind\":\"PodList\",\"odd\":[{\"items\":[1]}],\"items\" : [\n"
          + "{\"a\":\"}]\\\"{\",\"b\":[{},[]]} ,{\"c\":{\"items\":[{}]}}],"
          + "\"metadata\":{\"resourceVersion\":\"7\"}}\n";

  private final List<String> objects = new ArrayList<>();
  private final List<String> heads = new ArrayList<>();
  private final JsonFrames.Sink sink =
      new JsonFrames.Sink() {
        @Override
        public void object(byte[] bytes, int offset, int length) {
          objects.add(new String(bytes, offset, length, StandardCharsets.UTF_8));
        }

        @Override
        public void tooLarge(byte[] head) {
          heads.add(new String(head, StandardCharsets.UTF_8));
        }
      };

  @Test
  void aList_isCutIntoItsItems_whereverTheNetworkCutsIt() throws Exception {
    byte[] bytes = LIST.getBytes(StandardCharsets.UTF_8);
    for (int first = 0; first <= bytes.length; first++) {
      objects.clear();
      JsonFrames frames = JsonFrames.ofList(sink);
      frames.feed(bytes, 0, first);
      frames.feed(bytes, first, bytes.length - first);

      assertThat(objects)
          .containsExactly("{\"a\":\"}]\\\"{\",\"b\":[{},[]]}", "{\"c\":{\"items\":[{}]}}");
      assertThat(new String(frames.end(), StandardCharsets.UTF_8))
          .isEqualToIgnoringWhitespace(
              "{\"kind\":\"PodList\",\"odd\":[{\"items\":[1]}],\"items\":[],"
                  + "\"metadata\":{\"resourceVersion\":\"7\"}}");
    }
  }

  @Test
  void aStream_isCutIntoItsObjects_withOrWithoutNewLines() throws Exception {
    byte[] bytes = "{\"a\":1}\n{\"b\":\"\\\\\"}{\"c\":[]}\r\n".getBytes(StandardCharsets.UTF_8);
    JsonFrames frames = JsonFrames.ofStream(sink);
    for (int i = 0; i < bytes.length; i++) {
      frames.feed(bytes, i, 1);
    }

    assertThat(objects).containsExactly("{\"a\":1}", "{\"b\":\"\\\\\"}", "{\"c\":[]}");
    assertThat(frames.end()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>",
        "[1,2,3]",
        "\"text\"",
        "{\"items\":[\"x\"]}",
        "{\"items\":[[]]}",
        "{\"items\":[1]}",
        "}"
      })
  void whatIsNoList_isSaid_withItsBeginning(String text) {
    JsonFrames frames = JsonFrames.ofList(sink);

    assertThatThrownBy(() -> frames.feed(text.getBytes(StandardCharsets.UTF_8), 0, text.length()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not what a Kubernetes API gives");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"items\":[{\"a\":1}", "{\"items\":[{\"a\":\"", "{\"items\":["})
  void aCutList_isNotTakenForAWholeOne(String text) throws Exception {
    AnswerReader reader = new AnswerReader(new ApiJson(), Kind.POD, false);
    reader.read(text.getBytes(StandardCharsets.UTF_8), 0, text.length());

    assertThatThrownBy(reader::end).isInstanceOf(IOException.class);
  }

  @Test
  void anObjectOverTheBound_isSkipped_andTheOthersAreNot() throws Exception {
    JsonFrames frames = JsonFrames.ofStream(sink);
    feed(frames, "{\"a\":\"");
    byte[] chunk = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 9; i++) {
      frames.feed(chunk, 0, chunk.length);
    }
    feed(frames, "\"}{\"b\":1}");

    assertThat(objects).containsExactly("{\"b\":1}");
    assertThat(heads).singleElement().asString().startsWith("{\"a\":\"xxx").hasSize(64 << 10);
  }

  @Test
  void oddAndTooLargeObjects_areToldByTheirNames() throws Exception {
    String huge = "x".repeat(9 << 20);
    AnswerReader list = new AnswerReader(new ApiJson(), Kind.POD, false);
    List<Told> told = new ArrayList<>();
    for (String piece :
        List.of(
            "{\"items\":[{\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\",\"annotations\":{\"name\":\"",
            huge,
            "\"}}},{\"spec\":{\"containers\":[{\"ports\":5}]},\"metadata\":{\"labels\":{\"name\":\"no\"},"
                + "\"namespace\":\"shop\",\"name\":\"b\",\"resourceVersion\":\"4\"}},{\"spec\":{}},"
                + "{\"metadata\":{\"name\":\"c\",,}},{bad}]}")) {
      told.addAll(list.read(piece.getBytes(StandardCharsets.UTF_8), 0, piece.length()));
    }

    String tooLarge = "the object is over 8 MiB, which no API server keeps";
    String ports = "its field spec.containers[0].ports is not of the kind that the API has there";
    assertThat(told)
        .containsExactly(
            new Told.Odd("shop/a", "", tooLarge),
            new Told.Odd("shop/b", "4", ports),
            new Told.Odd("", "", "it has no name"),
            new Told.Odd("c", "", "it is no JSON that can be read"),
            new Told.Odd("", "", "it is no JSON that can be read"));

    AnswerReader watch = new AnswerReader(new ApiJson(), Kind.POD, true);
    told.clear();
    String meta =
        "\"object\":{\"metadata\":{\"name\":\"a\",\"namespace\":\"shop\",\"resourceVersion\":\"7\"}";
    for (String piece :
        List.of(
            "{\"type\":\"MODIFIED\"," + meta + ",\"x\":\"",
            huge,
            "\"}}{\"type\":\"DELETED\"," + meta + ",\"x\":\"",
            huge,
            "\"}}{\"type\":\"ADDED\"," + meta + ",\"spec\":7}}")) {
      told.addAll(watch.read(piece.getBytes(StandardCharsets.UTF_8), 0, piece.length()));
    }
    assertThat(told)
        .containsExactly(
            new Told.Odd("shop/a", "7", tooLarge),
            new Told.Gone("shop/a", "7"),
            new Told.Odd(
                "shop/a", "7", "its field spec is not of the kind that the API has there"));
  }

  private static void feed(JsonFrames frames, String text) throws IOException {
    frames.feed(text.getBytes(StandardCharsets.UTF_8), 0, text.length());
  }
}
