package dev.stoker.receive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.receive.server.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClientsTest {
  private final Clients clients = new Clients();

  private static Sender sender(String agent) {
    return new Sender("10.0.0.1", agent, "");
  }

  @Test
  void takenAndRefused_areSummedByAddressAndProgram() {
    clients.taken(sender("sdk/1"), 2, 100, 1_000);
    clients.refused(sender("sdk/1"), Refusal.invalid("it is no profile"), 2_000);
    clients.taken(sender("sdk/1"), 1, 50, 3_000);
    clients.taken(sender(""), 1, 1, 4_000);

    assertThat(clients.snapshot())
        .isEqualTo(
            new Clients.Snapshot(
                List.of(
                    new Clients.Client("10.0.0.1", "", 1, 1, 0, "", 4_000),
                    new Clients.Client("10.0.0.1", "sdk/1", 3, 150, 1, "it is no profile", 3_000)),
                0));
  }

  @Test
  void theOneThatWasSeenLongestAgo_isForgotten_andCounted() {
    for (int i = 0; i < Clients.MOST; i++) {
      clients.taken(sender("sdk/" + i), 1, 1, i);
    }
    clients.taken(sender("sdk/0"), 1, 1, 9_000);
    clients.taken(sender("another"), 1, 1, 9_001);
    clients.refused(sender("a third"), Refusal.invalid("no"), 9_002);

    Clients.Snapshot now = clients.snapshot();
    assertThat(now.forgotten()).isEqualTo(2);
    assertThat(now.clients())
        .hasSize(Clients.MOST)
        .extracting(Clients.Client::agent)
        .startsWith("a third", "another", "sdk/0")
        .doesNotContain("sdk/1", "sdk/2")
        .contains("sdk/3");

    clients.taken(sender("sdk/1"), 1, 1, 9_003);
    assertThat(clients.snapshot().clients().get(0).profiles()).isEqualTo(1);
  }

  @Test
  void textsOfClients_areCut_andHaveNoControlCharacters() {
    String agent = "a\r\n\u001b[31m" + "x".repeat(10_000);
    clients.refused(sender(agent), Refusal.invalid("label " + "y".repeat(10_000)), 1);
    clients.taken(sender(agent), 1, 1, 2);

    assertThat(clients.snapshot().clients())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.agent()).hasSize(101).startsWith("a???[31mxxx").endsWith("…");
              assertThat(one.lastError()).hasSize(301).startsWith("label yyy").endsWith("…");
              assertThat(one.profiles()).isEqualTo(1);
              assertThat(one.refused()).isEqualTo(1);
            });
  }
}
