package dev.stoker.scrape.source.jolokia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.source.CallFailed;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockDecoderTest {
  private static final int BLOCK = 1_000;

  /** As agent 2.6.0 answers, with and without the echo of the request. */
  private static final String NUMBERS =
      "{\"request\":{\"mbean\":\"a\\\"b\",\"arguments\":[1],\"value\":[9],\"type\":\"exec\"},"
          + "\"value\":[70, 76,82,0,-128,127,-1],\"status\":200,\"timestamp\":1795658607}";

  private static final byte[] BYTES = {70, 76, 82, 0, -128, 127, -1};

  @Test
  void numbers_becomeBytes_howeverTheyAreCut() throws CallFailed {
    for (int cut = 0; cut < NUMBERS.length(); cut++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      BlockDecoder decoder = new BlockDecoder(out, BLOCK, 0);
      decoder.data(Buffer.buffer(NUMBERS.substring(0, cut)));
      decoder.data(Buffer.buffer(NUMBERS.substring(cut)));
      decoder.finish();
      assertThat(out.toByteArray()).isEqualTo(BYTES);
      assertThat(decoder.isLast()).isFalse();
    }
  }

  @Test
  void base64_becomesBytes() throws CallFailed {
    byte[] bytes = new byte[9_000];
    new Random(1).nextBytes(bytes);
    String text = Base64.getEncoder().encodeToString(bytes).replace("/", "\\/");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BlockDecoder decoder = new BlockDecoder(out, 10_000, 0);
    for (String part : ("{\"status\":200,\"value\":\"" + text + "\"}").split("(?<=\\G.{7})")) {
      decoder.data(Buffer.buffer(part));
    }
    decoder.finish();
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }

  @Test
  void null_isTheEnd_andAnEmptyListIsNot() throws CallFailed {
    assertThat(decode("{\"value\":null,\"status\":200}").isLast()).isTrue();
    assertThat(decode("{\"status\":200,\"value\":null}").isLast()).isTrue();
    assertThat(decode("{\"value\":[],\"status\":200}").isLast()).isFalse();
  }

  @Test
  void error_isTold() {
    assertThatThrownBy(
            () ->
                decode(
                    "{\"error_type\":\"java.lang.IllegalArgumentException\",\".error\":true,"
                        + "\"error\":\"No stream with id 9 \u00fc\",\"status\":500}"))
        .hasMessageContaining("IllegalArgumentException No stream with id 9 \u00fc");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "<html>",
        "{}",
        "{\"value\":{\"a\":[1]}}",
        "{\"value\":[1,2",
        "{\"value\":[1,,2]}",
        "{\"value\":[-]}",
        "{\"value\":[256]}",
        "{\"value\":[1.5]}",
        "{\"value\":[[1]]}",
        "{\"value\":[true]}",
        "{\"value\":\"no base64!\"}",
        "{\"value\":[99999999999999999999]}",
      })
  void otherAnswers_areRefused(String answer) {
    assertThatThrownBy(() -> decode(answer))
        .isInstanceOfSatisfying(
            CallFailed.class, failed -> assertThat(failed.outcome()).isEqualTo(Outcome.MALFORMED));
  }

  @Test
  void hugeBlocks_areRefused() {
    assertThatThrownBy(() -> decode("{\"value\":[" + "1,".repeat(BLOCK) + "1]}"))
        .hasMessageContaining("larger than was asked for");
    assertThatThrownBy(
            () ->
                new BlockDecoder(new ByteArrayOutputStream(), BLOCK, 3)
                    .data(Buffer.buffer("{\"value\":[1,2,3,4]}")))
        .hasMessageContaining("max_body_size (3 bytes)");
    assertThatThrownBy(() -> decode("[".repeat(100_000))).hasMessageContaining("too deep");
  }

  private static BlockDecoder decode(String answer) throws CallFailed {
    BlockDecoder decoder = new BlockDecoder(new ByteArrayOutputStream(), BLOCK, 0);
    decoder.data(Buffer.buffer(answer));
    decoder.finish();
    return decoder;
  }
}
