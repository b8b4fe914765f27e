package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.admin.ApiDocument;
import dev.stoker.admin.ApiDocument.Operation;
import dev.stoker.admin.FakeDaemon;
import dev.stoker.admin.TestAdmin;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.DatabindCodec;
import io.vertx.ext.web.Route;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API is what <code>docs/openapi.yaml</code> and <code>docs/http-api.md</code> say. */
class HttpApiTest {
  private static final Path ROOT = Path.of(System.getProperty("stoker.root", ".."));

  /** Files that the pages load. */
  private static final Pattern FILE = Pattern.compile(".*\\.(js|css|svg)");

  @TempDir Path folder;

  @Test
  void everyRoute_isDocumented_andNoOther() throws Exception {
    ApiDocument document = ApiDocument.read();
    Set<String> routes = new TreeSet<>();
    try (TestAdmin admin = new TestAdmin(new FakeDaemon(), null)) {
      for (Route route : admin.router().getRoutes()) {
        String path = route.getPath();
        if (path != null && route.methods() != null && !FILE.matcher(path).matches()) {
          String written = path.replaceAll(":(\\w+)", "{$1}");
          route.methods().stream()
              .map(method -> method + " " + written)
              .filter(line -> !line.startsWith("HEAD ") && !line.endsWith("*"))
              .forEach(routes::add);
        }
      }
    }
    // Vert.x shows paths without the slash at their end.
    Set<String> documented = new TreeSet<>(document.operations().keySet());
    documented.remove("GET /debug/pprof/");
    routes.remove("GET /debug/pprof/");
    // All of the API waits in turn there.
    routes.remove("GET /api/");
    assertThat(documented).isEqualTo(routes);

    String text = Files.readString(ROOT.resolve("docs/http-api.md"));
    for (Operation operation : document.operations().values()) {
      assertThat(text).contains("`" + operation.path().replaceAll("(?<=.)/$", ""));
      for (String parameter : document.parameters(operation)) {
        assertThat(text).as(operation.toString()).contains("`" + parameter + "`");
      }
    }
  }

  @Test
  void answersOfADaemon_haveTheDocumentedShapes() throws Exception {
    ApiDocument document = ApiDocument.read();
    int port = Daemon.freePort();
    try (HeapTarget target = new HeapTarget();
        Daemon daemon = new Daemon(config(port, target.address()), port)) {
      Daemon.await(
          "a scrape and a dropped target",
          () ->
              daemon.get("/api/v1/targets?health=up").json().getJsonArray("active").size() == 1
                  && daemon.get("/api/v1/profiles/types?service=shop").body().contains("inuse"));
      String type =
          daemon
              .get("/api/v1/profiles/types?service=shop")
              .json()
              .getJsonArray("types")
              .getJsonObject(0)
              .getString("id");
      String listen = daemon.get("/api/v1/receivers").array().getJsonObject(0).getString("listen");
      daemon.send(HttpRequest.newBuilder(URI.create("http://" + listen + "/unknown")).build());
      assertThat(daemon.get("/api/v1/receivers").array().getJsonObject(0).getJsonArray("clients"))
          .as("so that the shape of a client is compared too")
          .hasSize(1);
      Map<String, String> queries =
          Map.of(
              "/api/v1/components/config",
              "?id=pyroscope.scrape.s",
              "/api/v1/profiles/types",
              "?service=shop",
              "/api/v1/profiles/flamegraph",
              "?service=shop&type=" + type,
              "/api/v1/profiles/diff",
              "?service=shop&base_from=now-5m&base_until=now&type=" + type);
      for (Operation operation : document.operations().values()) {
        if (operation.method().equals("GET") && operation.path().startsWith("/api/")) {
          check(
              document,
              operation,
              daemon.get(operation.path() + queries.getOrDefault(operation.path(), "")));
        }
      }
      for (String unasked :
          Set.of(
              "/api/v1/profiles/flamegraph",
              "/api/v1/profiles/diff",
              "/api/v1/components/config")) {
        check(document, document.operation("GET " + unasked), daemon.get(unasked), 400);
      }
      JsonObject active = daemon.active().getJsonObject(0);
      post(document, daemon, "/api/v1/targets/scrape", active, 200);
      post(document, daemon, "/api/v1/targets/scrape", active.copy().put("url", "x"), 400);
      JsonObject lab =
          new JsonObject()
              .put("rules", "rules = [ { target_label = a, replacement = b } ]")
              .put("labels", new JsonObject().put("c", "d"));
      post(document, daemon, "/api/v1/relabel", lab, 200);
      post(document, daemon, "/api/v1/relabel", lab.copy().put("rules", "rules = 7"), 200);
      post(document, daemon, "/api/v1/relabel", new JsonObject(), 400);
      Operation reload = document.operation("POST /-/reload");
      check(document, reload, daemon.reload(), 200);
      Files.writeString(folder.resolve("stoker.conf"), "pyroscope.scrap.x {}");
      check(document, reload, daemon.reload(), 400);
      check(document, document.operation("GET /api/v1/config"), daemon.get("/api/v1/config"));
    }
  }

  private static void post(
      ApiDocument document, Daemon daemon, String path, JsonObject body, int status)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(daemon.uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.encode()))
            .build();
    check(document, document.operation("POST " + path), daemon.send(request), status);
  }

  private static void check(ApiDocument document, Operation operation, Daemon.Answer answer)
      throws Exception {
    check(document, operation, answer, 200);
  }

  private static void check(
      ApiDocument document, Operation operation, Daemon.Answer answer, int status)
      throws Exception {
    assertThat(answer.status()).as(operation + ": " + answer.body()).isEqualTo(status);
    Object json = DatabindCodec.mapper().readValue(answer.body(), Object.class);
    assertThat(document.problems(operation, status, json)).as(operation.toString()).isEmpty();
  }

  private Path config(int port, String target) throws Exception {
    return Files.writeString(
        folder.resolve("stoker.conf"),
        """
        discovery.relabel.r {
          targets = [
            { "__address__" = "TARGET", service_name = "shop" }
            { "__address__" = "127.0.0.1:9", service_name = "gone", env = "test" }
          ]
          rules = [ { action = drop, source_labels = ["env"], regex = "test" } ]
        }
        pyroscope.scrape.s {
          targets = discovery.relabel.r.output
          scrape_interval = 1s
          profiling_config {
            profile.memory      { enabled = true }
            profile.goroutine   { enabled = false }
            profile.process_cpu { enabled = false }
            profile.mutex       { enabled = false }
            profile.block       { enabled = false }
          }
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.receive_http.in {
          http { listen_address = "127.0.0.1", listen_port = 0 }
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.write.w { endpoint { url = "http://127.0.0.1:9" } }
        stoker { http.listen = "127.0.0.1:PORT", storage.path = "FOLDER" }
        """
            .replace("TARGET", target)
            .replace("PORT", "" + port)
            .replace("FOLDER", folder.resolve("data").toString()));
  }
}
