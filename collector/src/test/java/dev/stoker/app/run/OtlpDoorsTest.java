package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A reload switches the doors of <code>otlp.receive</code> on and off, each on its own. */
class OtlpDoorsTest {
  @TempDir Path folder;
  private final int admin;
  private final int grpc;
  private final int http;

  OtlpDoorsTest() throws IOException {
    this.admin = Daemon.freePort();
    this.grpc = Daemon.freePort();
    this.http = Daemon.freePort();
  }

  private Path config(String doors) throws IOException {
    return Files.writeString(
        folder.resolve("stoker.conf"),
        """
        otlp.receive.in { DOORS
          forward_to = [ pyroscope.write.w.receiver ] }
        pyroscope.write.w { endpoint { url = "http://127.0.0.1:1" } }
        stoker { http.listen = "127.0.0.1:ADMIN", storage.path = "FOLDER", reload.watch = false }
        """
            .replace("DOORS", doors)
            .replace("ADMIN", "" + admin)
            .replace("FOLDER", folder.resolve("data").toString()));
  }

  private String grpc() {
    return "grpc { listen_port = " + grpc + " }";
  }

  private String http() {
    return "http { listen_port = " + http + " }";
  }

  private static boolean isOpen(int port) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (ConnectException nobodyListens) {
      return false;
    }
  }

  private void reload(Daemon daemon, String doors) throws Exception {
    config(doors);
    assertThat(daemon.reload().status()).isEqualTo(200);
  }

  private static JsonObject receiver(Daemon daemon) throws Exception {
    return daemon.get("/api/v1/receivers").array().getJsonObject(0);
  }

  private int push(Daemon daemon) throws Exception {
    return daemon
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + http + "/v1development/profiles"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build())
        .status();
  }

  @Test
  void doors_openAndClose_eachOnItsOwn_andTheCountsStay() throws Exception {
    try (Daemon daemon = new Daemon(config(grpc() + ", " + http()), admin)) {
      assertThat(isOpen(grpc)).isTrue();
      assertThat(push(daemon)).isEqualTo(200);
      assertThat(receiver(daemon).getString("listen"))
          .isEqualTo("grpc 127.0.0.1:" + grpc + ", http 127.0.0.1:" + http);

      reload(daemon, grpc());
      Daemon.await("the port of HTTP is closed", () -> !isOpen(http));
      assertThat(isOpen(grpc)).isTrue();
      assertThat(receiver(daemon).getString("listen")).isEqualTo("grpc 127.0.0.1:" + grpc);

      reload(daemon, http());
      Daemon.await("the port of gRPC is closed", () -> !isOpen(grpc));
      assertThat(push(daemon)).isEqualTo(200);
      assertThat(receiver(daemon).getString("listen")).isEqualTo("http 127.0.0.1:" + http);

      reload(daemon, grpc() + ", " + http());
      assertThat(isOpen(grpc)).isTrue();
      assertThat(push(daemon)).isEqualTo(200);
      assertThat(receiver(daemon).getJsonObject("requests").getInteger("taken")).isEqualTo(3);

      config("");
      assertThat(daemon.reload().status()).isEqualTo(400);
      assertThat(isOpen(grpc)).isTrue();
      assertThat(push(daemon)).isEqualTo(200);
    }
  }
}
