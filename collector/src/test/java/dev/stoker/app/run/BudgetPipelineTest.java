package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.scrape.loop.Bodies;
import dev.stoker.scrape.loop.FakeTarget;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Eight processes of one service on real sockets, of which two may be scraped at a time. */
class BudgetPipelineTest {
  private static final int PROCESSES = 8;

  @TempDir Path folder;

  @Test
  void onlyTheNumberIsScraped_turnsChange_andAReloadKeepsThoseThatStay() throws Exception {
    int admin = Daemon.freePort();
    byte[] body = Bodies.heap(1);
    List<FakeTarget> targets = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        targets.add(
            new FakeTarget(
                (path, out) -> {
                  out.write(
                      ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                              + body.length
                              + "\r\n\r\n")
                          .getBytes(StandardCharsets.ISO_8859_1));
                  out.write(body);
                  out.flush();
                }));
      }
      Path file = folder.resolve("stoker.conf");
      Files.writeString(file, config(admin, targets, "max_targets = 2, rotate = 10s"));
      try (Daemon daemon = new Daemon(file, admin)) {
        Daemon.await("two are scraped", () -> up(daemon) == 4);
        JsonObject all = daemon.get("/api/v1/targets").json();
        assertThat(processes(all.getJsonArray("active"))).hasSize(2);
        JsonObject labels = all.getJsonArray("active").getJsonObject(0).getJsonObject("labels");
        assertThat(labels.getString("profiled_share")).isEqualTo("20");
        assertThat(all.getJsonArray("dropped")).hasSize(PROCESSES - 2);
        assertThat(all.getJsonArray("dropped").getJsonObject(0).getString("reason"))
            .isEqualTo("budget");
        assertThat(all.getJsonArray("dropped").getJsonObject(0).getString("detail"))
            .startsWith("2 of 8 targets with service_name=\"shop\"");
        assertThat(daemon.get("/api/v1/discovery?state=dropped").body()).contains("\"budget\"");
        assertThat(daemon.get("/metrics").body())
            .containsPattern("stoker_budget_targets\\{[^}]*state=\"chosen\"} 2")
            .containsPattern("stoker_budget_targets\\{[^}]*state=\"left_out\"} 6");

        Set<String> seen = new HashSet<>();
        Daemon.await(
            "turns change",
            () -> {
              Set<String> now = processes(daemon.active());
              assertThat(now).hasSize(2);
              seen.addAll(now);
              return seen.size() >= 4;
            });
        assertThat(daemon.get("/metrics").body())
            .containsPattern("stoker_delta_gaps_total\\{[^}]*} 0");

        Files.writeString(file, config(admin, targets, "max_targets = 5, rotate = 0"));
        daemon.reload();
        Daemon.await("five are scraped", () -> processes(daemon.active()).size() == 5);
        Set<String> five = processes(daemon.active());
        Files.writeString(file, config(admin, targets, "max_targets = 4, rotate = 0"));
        JsonObject loops = daemon.reload().json().getJsonObject("loops");
        assertThat(loops.getInteger("kept")).isEqualTo(8);
        assertThat(loops.getInteger("restarted")).isZero();
        assertThat(five).containsAll(processes(daemon.active()));
      }
    } finally {
      for (FakeTarget target : targets) {
        target.close();
      }
    }
  }

  private String config(int admin, List<FakeTarget> targets, String budget) {
    String list =
        targets.stream()
            .map(
                target -> "{ \"__address__\" = \"" + target.address() + "\", service_name = shop }")
            .collect(Collectors.joining(", "));
    return """
    pyroscope.scrape.apps {
      targets = [ TARGETS ]
      scrape_interval = 1s
      scrape_timeout = 1s
      budget { BUDGET, share_label = profiled_share }
      profiling_config {
        profile.goroutine.enabled = true
        profile.block.enabled = false
        profile.mutex.enabled = false
        profile.process_cpu.enabled = false
      }
      forward_to = [ pyroscope.write.w.receiver ]
    }
    pyroscope.write.w { endpoint { url = "http://127.0.0.1:1" } }
    stoker { http.listen = "127.0.0.1:ADMIN", storage.path = "FOLDER", reload.watch = false }
    """
        .replace("TARGETS", list)
        .replace("BUDGET", budget)
        .replace("ADMIN", "" + admin)
        .replace("FOLDER", folder.resolve("data").toString());
  }

  private static long up(Daemon daemon) throws Exception {
    return daemon.active().stream()
        .filter(loop -> "up".equals(((JsonObject) loop).getString("health")))
        .count();
  }

  private static Set<String> processes(JsonArray active) {
    Set<String> processes = new TreeSet<>();
    active.forEach(
        loop -> processes.add(((JsonObject) loop).getString("url").replaceFirst("/debug.*", "")));
    return processes;
  }
}
