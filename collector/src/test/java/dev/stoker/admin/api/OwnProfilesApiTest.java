package dev.stoker.admin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.admin.FakeDaemon;
import dev.stoker.admin.TestAdmin;
import dev.stoker.jvm.own.JvmProfilerTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnProfilesApiTest {
  private TestAdmin admin;

  @BeforeEach
  void serve() throws Exception {
    admin = new TestAdmin(new FakeDaemon(), null);
  }

  @AfterEach
  void close() throws Exception {
    admin.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"allocs", "mutex", "block", "goroutine", "profile?seconds=1", "allocs?seconds=1"})
  void answersOneGzippedProfile_likeAGoService(String path) throws Exception {
    HttpResponse<byte[]> response = get(path);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    assertThat(JvmProfilerTest.parse(response.body()).getSampleTypeCount()).isPositive();
  }

  @Test
  void window_lastsAsLongAsAskedFor() throws Exception {
    HttpResponse<byte[]> response = get("profile?seconds=1");

    assertThat(JvmProfilerTest.parse(response.body()).getDurationNanos())
        .isGreaterThanOrEqualTo(1_000_000_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "cmdline", "..", "%00"})
  void unknownProfile_is404(String path) throws Exception {
    HttpResponse<byte[]> response = get(path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(admin.profiler().stopIfIdle()).as("nothing is recorded").isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "x", "1.5", "301", "99999999999999999999"})
  void badSeconds_is400(String seconds) throws Exception {
    HttpResponse<byte[]> response = get("allocs?seconds=" + seconds);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(admin.profiler().stopIfIdle()).as("nothing is recorded").isTrue();
  }

  @Test
  void index_namesTheProfiles() throws Exception {
    assertThat(new String(get("").body(), java.nio.charset.StandardCharsets.UTF_8))
        .contains("/debug/pprof/allocs", "/debug/pprof/profile");
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return admin.bytes(
        admin
            .request("/debug/pprof/" + path)
            .header("Accept-Encoding", path.isEmpty() ? "identity" : "gzip")
            .build());
  }
}
