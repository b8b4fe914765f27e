package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.receive.pyroscope.Pushes;
import io.vertx.core.json.JsonObject;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a client's push to a Pyroscope, through rules and queue, and through reloads. */
class ReceivePipelineTest {
  private static final long TIME = 1_700_000_000_000_000_000L;

  @TempDir Path folder;

  private String config(int admin, int port, String more, String url) throws Exception {
    return """
    pyroscope.receive_http.in {
      http { listen_address = "127.0.0.1", listen_port = PORT }
      MORE
      forward_to = [ pyroscope.relabel.r.receiver ]
    }
    pyroscope.relabel.r {
      rules = [
        { source_labels = [ team ], regex = unwanted, action = drop }
        { source_labels = [ "__peer_address__" ], target_label = peer }
      ]
      forward_to = [ pyroscope.write.w.receiver ]
    }
    pyroscope.write.w { endpoints = [
      { name = one, url = "URL" }
      { name = fixed, url = "URL", headers = { X-Scope-OrgID = fixed } }
    ] }
    stoker { http.listen = "127.0.0.1:ADMIN", storage.path = "FOLDER", reload.watch = false }
    """
        .replace("PORT", "" + port)
        .replace("ADMIN", "" + admin)
        .replace("MORE", more)
        .replace("URL", url)
        .replace("FOLDER", folder.resolve("data").toString());
  }

  private static Daemon.Answer push(Daemon daemon, int port, Map<String, String> labels, long n)
      throws Exception {
    return daemon.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + port + "/push.v1.PusherService/Push"))
            .header("Content-Type", "application/proto")
            .header("X-Scope-OrgID", "team-a")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    Pushes.proto(labels, Pushes.profile(n, TIME + n))))
            .build());
  }

  @Test
  void aPush_passesRulesAndQueue_andTheBooksBalance() throws Exception {
    int admin = Daemon.freePort();
    int port = Daemon.freePort();
    try (PushServer pyroscope = new PushServer()) {
      Path file =
          Files.writeString(
              folder.resolve("stoker.conf"), config(admin, port, "", pyroscope.url()));
      try (Daemon daemon = new Daemon(file, admin)) {
        Map<String, String> labels = Map.of("__name__", "process_cpu", "service_name", "shop");
        Map<String, String> unwanted =
            Map.of("__name__", "process_cpu", "service_name", "shop", "team", "unwanted");

        assertThat(push(daemon, port, labels, 7)).isEqualTo(new Daemon.Answer(200, ""));
        assertThat(push(daemon, port, unwanted, 8)).isEqualTo(new Daemon.Answer(200, ""));
        Daemon.await("both endpoints have it", () -> pyroscope.pushed().size() == 2);

        assertThat(pyroscope.pushed())
            .allSatisfy(
                pushed -> {
                  assertThat(pushed.body()).isEqualTo(Pushes.profile(7, TIME + 7));
                  assertThat(pushed.labels())
                      .containsOnly(
                          Map.entry("__name__", "process_cpu"),
                          Map.entry("service_name", "shop"),
                          Map.entry("peer", "127.0.0.1"));
                });
        assertThat(pyroscope.pushed())
            .extracting(pushed -> pushed.headers().get("X-Scope-OrgID"))
            .containsExactlyInAnyOrder("team-a", "fixed");
        assertThat(books(daemon, "pyroscope.receive_http.in"))
            .containsEntry("received", 2)
            .containsEntry("offered", 2)
            .containsEntry("refused", 0);
        assertThat(books(daemon, "pyroscope.relabel.r")).containsEntry("ruled_out", 1);
      }
    }
  }

  private static Map<String, Object> books(Daemon daemon, String id) throws Exception {
    return component(daemon, id).getJsonObject("books").getMap();
  }

  private static JsonObject component(Daemon daemon, String id) throws Exception {
    return daemon.get("/api/v1/components").array().stream()
        .map(JsonObject.class::cast)
        .filter(each -> each.getString("id").equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aReload_keepsThePort_movesIt_orLeavesAllAsItWas() throws Exception {
    int admin = Daemon.freePort();
    int port = Daemon.freePort();
    Map<String, String> labels = Map.of("__name__", "process_cpu", "service_name", "shop");
    try (PushServer pyroscope = new PushServer();
        ServerSocket taken = new ServerSocket(0)) {
      Path file = folder.resolve("stoker.conf");
      Files.writeString(file, config(admin, port, "", pyroscope.url()));
      try (Daemon daemon = new Daemon(file, admin)) {
        Files.writeString(file, config(admin, port, "limits { label_limit = 1 }", pyroscope.url()));
        assertThat(daemon.reload().status()).isEqualTo(200);
        assertThat(push(daemon, port, labels, 1).status()).isEqualTo(200);
        Map<String, String> more =
            Map.of("__name__", "process_cpu", "service_name", "shop", "b", "2");
        assertThat(push(daemon, port, more, 2).body()).contains("label_limit");

        Files.writeString(file, config(admin, taken.getLocalPort(), "", pyroscope.url()));
        Daemon.Answer refused = daemon.reload();
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("cannot listen on").contains("in use");
        assertThat(push(daemon, port, labels, 3).status()).isEqualTo(200);

        int moved = Daemon.freePort();
        Files.writeString(file, config(admin, moved, "", pyroscope.url()));
        assertThat(daemon.reload().status()).isEqualTo(200);
        assertThat(push(daemon, moved, labels, 4).status()).isEqualTo(200);
        assertThat(component(daemon, "pyroscope.receive_http.in").getString("message"))
            .contains("listens on 127.0.0.1:" + moved)
            .contains("; 1 client; 3 profiles taken, 1 request refused; the last: ");

        String login = "http.basic_auth { username = u, password = p }";
        Files.writeString(file, config(admin, moved, login, pyroscope.url()));
        assertThat(daemon.reload().status()).isEqualTo(200);
        assertThat(push(daemon, moved, labels, 5).status()).isEqualTo(401);
      }
    }
  }

  @Test
  void clientsOfAReceiver_areListed_withWhatTheySentAndWhatWasWrong() throws Exception {
    int admin = Daemon.freePort();
    int port = Daemon.freePort();
    try (PushServer pyroscope = new PushServer()) {
      Path file =
          Files.writeString(
              folder.resolve("stoker.conf"), config(admin, port, "", pyroscope.url()));
      try (Daemon daemon = new Daemon(file, admin)) {
        push(daemon, port, Map.of("__name__", "process_cpu", "service_name", "shop"), 1);
        push(daemon, port, Map.of("service_name", "shop"), 2);

        assertThat(daemon.get("/api/v1/receivers").array()).hasSize(1);
        JsonObject receiver = daemon.get("/api/v1/receivers").array().getJsonObject(0);
        assertThat(receiver.getString("component")).isEqualTo("pyroscope.receive_http.in");
        assertThat(receiver.getString("protocol")).isEqualTo("pyroscope");
        assertThat(receiver.getString("listen")).isEqualTo("127.0.0.1:" + port);
        assertThat(receiver.getBoolean("open")).isFalse();
        assertThat(receiver.getLong("profiles")).isEqualTo(1);
        long bytes = Pushes.profile(1, TIME + 1).length;
        assertThat(receiver.getLong("bytes")).isEqualTo(bytes);
        assertThat(receiver.getJsonObject("requests").getMap())
            .containsEntry("taken", 1)
            .containsEntry("invalid", 1)
            .containsEntry("busy", 0);
        assertThat(receiver.getString("last_error")).contains("no __name__");
        JsonObject client = receiver.getJsonArray("clients").getJsonObject(0);
        assertThat(client.getString("address")).isEqualTo("127.0.0.1");
        assertThat(client.getString("agent")).startsWith("Java-http-client/");
        assertThat(client.getLong("profiles")).isEqualTo(1);
        assertThat(client.getLong("bytes")).isEqualTo(bytes);
        assertThat(client.getLong("refused")).isEqualTo(1);
        assertThat(client.getString("last_error")).contains("no __name__");
        assertThat(client.getInstant("last_seen")).isEqualTo(receiver.getInstant("last_error_at"));
        assertThat(receiver.getInteger("clients_forgotten")).isZero();

        Files.writeString(
            file,
            config(admin, Daemon.freePort(), "", pyroscope.url())
                .replace("listen_address = \"127.0.0.1\"", "listen_address = \"0.0.0.0\""));
        assertThat(daemon.reload().status()).isEqualTo(200);
        receiver = daemon.get("/api/v1/receivers").array().getJsonObject(0);
        assertThat(receiver.getBoolean("open")).isTrue();
        assertThat(receiver.getLong("profiles")).isEqualTo(1);
      }
    }
  }
}
