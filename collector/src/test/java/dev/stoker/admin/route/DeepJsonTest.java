package dev.stoker.admin.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

class DeepJsonTest {
  @Test
  void equalsTheUsualEncoding() {
    JsonObject json =
        new JsonObject()
            .put("text", "a\"b\u00fc\n")
            .putNull("nothing")
            .put("number", 1.5)
            .put("empty", new JsonObject())
            .put(
                "list",
                new JsonArray().add(1).add(new JsonArray()).add(new JsonObject().put("a", 1)))
            .put("last", true);
    assertThat(DeepJson.encode(json)).isEqualTo(json.toBuffer());
    assertThat(DeepJson.encode(new JsonObject()).toString()).isEqualTo("{}");
    assertThat(DeepJson.encode(json.getJsonArray("list")))
        .isEqualTo(json.getJsonArray("list").toBuffer());
    assertThat(DeepJson.encode(new JsonArray()).toString()).isEqualTo("[]");
  }
}
