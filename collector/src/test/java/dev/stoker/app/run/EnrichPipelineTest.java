package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.receive.pyroscope.Pushes;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a client's push, through the labels of the target that it came from, to a Pyroscope. */
class EnrichPipelineTest {
  private static final long TIME = 1_700_000_000_000_000_000L;

  @TempDir Path folder;

  private String config(int admin, int port, String targets, String url) {
    return """
    pyroscope.receive_http.in {
      http { listen_address = "127.0.0.1", listen_port = PORT }
      forward_to = [ pyroscope.enrich.pods.receiver ]
    }
    discovery.file.pods { files = [ "TARGETS" ], refresh_interval = 1s }
    pyroscope.enrich.pods {
      targets = [ discovery.file.pods.targets ]
      target_match_label = "ip"
      profiles_match_label = "__peer_address__"
      labels_to_copy = [ pod ]
      forward_to = [ pyroscope.write.w.receiver ]
    }
    pyroscope.write.w { endpoint { url = "URL" } }
    stoker { http.listen = "127.0.0.1:ADMIN", storage.path = "FOLDER", reload.watch = false }
    """
        .replace("PORT", "" + port)
        .replace("ADMIN", "" + admin)
        .replace("TARGETS", targets)
        .replace("URL", url)
        .replace("FOLDER", folder.resolve("data").toString());
  }

  private void targets(Path file, String pod) throws Exception {
    Path next = folder.resolve("next.json");
    Files.writeString(
        next,
        "[{\"targets\": [\"127.0.0.1:80\"], \"labels\": {\"ip\": \"127.0.0.1\", \"pod\": \""
            + pod
            + "\"}}]");
    Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String podOf(Daemon daemon, int port, PushServer pyroscope, long n)
      throws Exception {
    int before = pyroscope.pushed().size();
    Map<String, String> labels = Map.of("__name__", "process_cpu", "service_name", "shop");
    Daemon.Answer answer =
        daemon.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + port + "/push.v1.PusherService/Push"))
                .header("Content-Type", "application/proto")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        Pushes.proto(labels, Pushes.profile(n, TIME + n))))
                .build());
    assertThat(answer.status()).isEqualTo(200);
    Daemon.await("it has come", () -> pyroscope.pushed().size() > before);
    List<String> pods =
        pyroscope.pushed().subList(before, before + 1).stream()
            .map(pushed -> pushed.labels().getOrDefault("pod", "none"))
            .toList();
    return pods.get(0);
  }

  @Test
  void aPush_getsTheLabelsOfItsSender_asTheyAreNow_andThroughAReload() throws Exception {
    int admin = Daemon.freePort();
    int port = Daemon.freePort();
    try (PushServer first = new PushServer();
        PushServer second = new PushServer()) {
      Path pods = folder.resolve("pods.json");
      targets(pods, "shop-1");
      Path file = folder.resolve("stoker.conf");
      Files.writeString(file, config(admin, port, pods.toString(), first.url()));
      try (Daemon daemon = new Daemon(file, admin)) {
        Daemon.await("it is known", () -> podOf(daemon, port, first, 1).equals("shop-1"));

        targets(pods, "shop-2");
        Daemon.await(
            "the other label is known", () -> podOf(daemon, port, first, 2).equals("shop-2"));

        Files.writeString(file, config(admin, port, pods.toString(), second.url()));
        assertThat(daemon.reload().status()).isEqualTo(200);
        assertThat(podOf(daemon, port, second, 3)).isEqualTo("shop-2");
        assertThat(daemon.get("/api/v1/components").body())
            .contains(" enriched, ", "; targets by ip: 1 value");
      }
    }
  }
}
