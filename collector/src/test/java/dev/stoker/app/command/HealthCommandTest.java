package dev.stoker.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HealthCommandTest {
  @StartStop public final MockWebServer server = new MockWebServer();

  private int run() {
    return new CommandLine(new HealthCommand()).execute(server.url("/").toString());
  }

  @Test
  void anAnswerOf200_isHealthy() {
    server.enqueue(new MockResponse.Builder().code(200).body("healthy").build());
    assertThat(run()).isZero();
  }

  /** A proxy that asks for a login answers for a Stoker that may be dead. */
  @Test
  void aRedirectToALoginPage_isNotHealthy() {
    server.enqueue(new MockResponse.Builder().code(302).addHeader("Location", "/login").build());
    server.enqueue(new MockResponse.Builder().code(200).body("<html>log in</html>").build());
    assertThat(run()).isEqualTo(1);
    assertThat(server.getRequestCount()).isEqualTo(1);
  }
}
