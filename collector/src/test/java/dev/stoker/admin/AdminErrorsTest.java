package dev.stoker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every error has one shape: whoever asks the API parses JSON, and a person reads a line. */
class AdminErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/nothing, 404",
    "DELETE, /api/v1/targets, 405",
    "GET, /api/v1/targets?wrong=1, 400",
    "GET, /api/v1/targets/search?state=x, 400",
    "GET, /api/v1/components/config?id=none, 400",
    "GET, /api/v1/profiles/types, 400",
    "POST, /api/v1/relabel, 415",
  })
  void anErrorOfTheApi_isJson(String method, String path, int status) throws Exception {
    try (TestAdmin admin = new TestAdmin(new FakeDaemon(), null)) {
      HttpResponse<String> answer = admin.send(request(admin, method, path).build());

      assertThat(answer.statusCode()).isEqualTo(status);
      assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
      assertThat(new JsonObject(answer.body()).getMap()).containsOnlyKeys("error");
      assertThat(new JsonObject(answer.body()).getString("error")).isNotBlank();
    }
  }

  @ParameterizedTest
  @CsvSource({"GET, /nothing, 404", "POST, /metrics, 405"})
  void anotherError_isALine_orJsonForWhoReadsIt(String method, String path, int status)
      throws Exception {
    try (TestAdmin admin = new TestAdmin(new FakeDaemon(), null)) {
      HttpResponse<String> line = admin.send(request(admin, method, path).build());
      assertThat(line.statusCode()).isEqualTo(status);
      assertThat(line.headers().firstValue("content-type")).hasValue("text/plain; charset=utf-8");
      assertThat(line.body()).endsWith("\n").doesNotContain("{");

      HttpResponse<String> json =
          admin.send(request(admin, method, path).header("Accept", "application/json").build());
      assertThat(json.statusCode()).isEqualTo(status);
      assertThat(new JsonObject(json.body()).getString("error") + "\n").isEqualTo(line.body());
    }
  }

  private static HttpRequest.Builder request(TestAdmin admin, String method, String path) {
    return admin.request(path).method(method, HttpRequest.BodyPublishers.noBody());
  }
}
