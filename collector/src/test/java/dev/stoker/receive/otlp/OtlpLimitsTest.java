package dev.stoker.receive.otlp;

import static dev.stoker.otlp.decode.Requests.sample;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.http.client.Auth;
import dev.stoker.otlp.decode.Pprofs;
import dev.stoker.otlp.decode.Requests;
import dev.stoker.pprof.Gzip;
import dev.stoker.receive.config.ReceiveLimits;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.opentelemetry.proto.profiles.v1development.Profile;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** How large a request may be, and what is said to a larger one. */
class OtlpLimitsTest {
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpResponse<byte[]> push(OtlpHarness harness, String type, String encoding, byte[] body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(harness.uri(OtlpReceiver.HTTP_PATH))
            .header("Content-Type", type)
            .version(HttpClient.Version.HTTP_1_1)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!encoding.isEmpty()) {
      request.header("Content-Encoding", encoding);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** Stacks of 20 frames out of 20,000 functions, as those of a large program. */
  private static byte[] large(int bytes) {
    Requests made = new Requests();
    Profile.Builder cpu = made.profile("cpu", "nanoseconds");
    for (int i = 0; i < bytes / 70; i++) {
      String[] frames = new String[20];
      for (int depth = 0; depth < frames.length; depth++) {
        frames[depth] = "dev/example/shop/Function" + (i * 31 + depth * 997) % 20_000;
      }
      cpu.addSamples(sample(made.stack(frames), i + 1));
    }
    return made.request("shop", cpu).toByteArray();
  }

  @Test
  void bodyOfTheDefaultSize_isReadWithinTheDefaultMemory() throws Exception {
    byte[] body = large((int) (ReceiveLimits.DEFAULT.bounds().maxBodySize() - (1 << 20)));
    assertThat(body.length).isBetween(14 << 20, 16 << 20);
    try (OtlpHarness harness =
        new OtlpHarness(OtlpHarness.config(new Auth.None(), ReceiveLimits.DEFAULT, true))) {
      HttpResponse<byte[]> answer = push(harness, "application/x-protobuf", "", body);

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(ExportProfilesServiceResponse.parseFrom(answer.body()).hasPartialSuccess())
          .isFalse();
      assertThat(Pprofs.parse(harness.taken.get(0).body()).getSampleCount()).isGreaterThan(100_000);
    }
  }

  @Test
  void requestThatNeverFits_isToldSo_andNotToComeAgain() throws Exception {
    try (OtlpHarness harness = new OtlpHarness()) {
      String numbers = String.join(",", Collections.nCopies(500_000, "1"));
      byte[] json =
          ("{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{\"samples\":[{\"values\":["
                  + numbers
                  + "]}]}]}]}]}")
              .getBytes(StandardCharsets.UTF_8);
      byte[] text = large(1_800_000);
      HttpResponse<byte[]> asJson = push(harness, "application/json", "", json);
      HttpResponse<byte[]> packed =
          push(harness, "application/x-protobuf", "gzip", Gzip.deflate(text, text.length, 6));

      assertThat(asJson.statusCode()).isEqualTo(400);
      assertThat(new String(asJson.body(), StandardCharsets.UTF_8))
          .contains("limits.max_in_flight_bytes");
      assertThat(packed.statusCode()).isEqualTo(400);
      assertThat(harness.count("stoker.receive.requests", "outcome", "too_large")).isEqualTo(2);
    }
  }

  /** Its timestamps are larger as protobuf than almost all JSON is. */
  @Test
  void jsonThatGrows_isReadAtTheSecondTry() throws Exception {
    try (OtlpHarness harness = new OtlpHarness()) {
      String times = String.join(",", Collections.nCopies(20_000, "1"));
      String json =
          "{\"resourceProfiles\":[{\"scopeProfiles\":[{\"profiles\":[{"
              + "\"sampleType\":{\"typeStrindex\":1,\"unitStrindex\":2},"
              + "\"samples\":[{\"timestampsUnixNano\":["
              + times
              + "]}]}]}]}],\"dictionary\":{\"stringTable\":[\"\",\"samples\",\"count\"],"
              + "\"stackTable\":[{}]}}";

      HttpResponse<byte[]> answer =
          push(harness, "application/json", "", json.getBytes(StandardCharsets.UTF_8));

      assertThat(new String(answer.body(), StandardCharsets.UTF_8)).isEqualTo("{}");
      assertThat(Pprofs.sums(harness.taken.get(0).body()).values()).containsExactly(20_000L);
    }
  }
}
