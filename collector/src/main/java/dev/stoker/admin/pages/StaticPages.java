package dev.stoker.admin.pages;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pages, from the class path. A fixed list of files is read once when this is made, so there is
 * no path to traverse and no folder to list. Everything is revalidated by ETag, but for vendored
 * files, whose name carries their version.
 */
public final class StaticPages {
  /** All pages are one file; its script shows what belongs to the address. */
  private static final List<String> PAGES =
      List.of("/", "/targets", "/discovery", "/relabel", "/receivers", "/delivery", "/components");

  private static final List<String> FILES =
      List.of(
          "app.css",
          "favicon.svg",
          "js/app.js",
          "js/components.js",
          "js/delivery.js",
          "js/discovery.js",
          "js/dom.js",
          "js/flame.js",
          "js/profiles.js",
          "js/receivers.js",
          "js/relabel.js",
          "js/targets.js",
          "vendor/dagre-3.1.3.esm.js",
          "vendor/d3-selection-3.0.0.min.js",
          "vendor/d3-flamegraph-4.1.3.min.js",
          "vendor/d3-flamegraph-4.1.3.css");

  private static final String POLICY =
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  private final Map<String, Page> pages = new LinkedHashMap<>();

  private record Page(Buffer body, String type, String caching, String etag) {}

  /**
   * @throws UncheckedIOException a file is missing from the jar: a broken build
   */
  public StaticPages() {
    PAGES.forEach(path -> pages.put(path, load(path, "page.html")));
    FILES.forEach(file -> pages.put("/" + file, load("/" + file, file)));
  }

  /** Adds one GET and HEAD route per file. */
  public void mount(Router router) {
    pages.forEach(
        (path, page) ->
            router
                .route(path)
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(request -> send(request, page)));
  }

  private static void send(RoutingContext request, Page page) {
    HttpServerResponse response = request.response();
    response
        .putHeader(HttpHeaders.ETAG, page.etag())
        .putHeader(HttpHeaders.CACHE_CONTROL, page.caching())
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
    if (page.etag().equals(request.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
      response.setStatusCode(304).end();
      return;
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, page.type());
    if (request.request().method().equals(HttpMethod.HEAD)) {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(page.body().length())).end();
    } else {
      response.end(page.body());
    }
  }

  private static Page load(String path, String file) {
    try (InputStream in = StaticPages.class.getResourceAsStream("/web/" + file)) {
      if (in == null) {
        throw new IOException("the jar lacks web/" + file + "; build it again");
      }
      byte[] bytes = in.readAllBytes();
      String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      String caching =
          path.startsWith("/vendor/") ? "public, max-age=31536000, immutable" : "no-cache";
      return new Page(Buffer.buffer(bytes), type(file), caching, '"' + hash.substring(0, 32) + '"');
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String type(String file) {
    return switch (file.substring(file.lastIndexOf('.'))) {
      case ".html" -> "text/html; charset=utf-8";
      case ".css" -> "text/css; charset=utf-8";
      case ".js" -> "text/javascript; charset=utf-8";
      case ".svg" -> "image/svg+xml";
      default -> "application/octet-stream";
    };
  }
}
