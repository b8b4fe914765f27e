package dev.stoker.admin.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StaticPagesTest {
  private static final Pattern OWN = Pattern.compile("[\"'](/[\\w./-]+\\.(?:js|css|svg))[\"']");
  private static final Pattern AS_HTML =
      Pattern.compile(
          "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|https?://(?!www\\.w3\\.org)");

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private int port;

  @BeforeEach
  void serve() throws Exception {
    Router router = Router.router(vertx);
    new StaticPages().mount(router);
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS);
    port = server.actualPort();
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/targets",
        "/discovery",
        "/relabel",
        "/receivers",
        "/delivery",
        "/components"
      })
  void page_hasPolicyTypeAndRevalidation(String path) throws Exception {
    HttpResponse<String> page = get(path);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("content-security-policy").orElse(""))
        .startsWith("default-src 'self';")
        .doesNotContain("unsafe");
    assertThat(page.body())
        .doesNotContain("https://", "<style", "style=", "onclick")
        .contains("<a href=\"" + path + "\">");
    String etag = page.headers().firstValue("etag").orElseThrow();
    assertThat(get(path, "If-None-Match", etag).statusCode()).isEqualTo(304);
  }

  @Test
  void everythingThePagesReferTo_isServed_andTextNeverBecomesHtml() throws Exception {
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of("/"));
    while (!open.isEmpty()) {
      String path = open.remove();
      HttpResponse<String> file = get(path);
      assertThat(file.statusCode()).as(path).isEqualTo(200);
      if (!path.startsWith("/vendor/") && !path.endsWith(".svg")) {
        assertThat(AS_HTML.matcher(file.body()).find()).as(path).isFalse();
        OWN.matcher(file.body())
            .results()
            .map(found -> found.group(1))
            .filter(seen::add)
            .forEach(open::add);
      }
    }
    assertThat(seen).contains("/js/targets.js", "/js/flame.js", "/app.css").hasSizeGreaterThan(12);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/vendor/",
        "/js/",
        "/page.html",
        "/..%2fjs%2fapp.js",
        "/%2e%2e/logback.xml",
        "/vendor/..%2f..%2flogback.xml",
        "/web/page.html",
        "/vendor/README.md"
      })
  void nothingElse_isServed(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }
}
