package dev.stoker.discovery.kubernetes;

import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An API server on a real socket that keeps objects, lists them in pages and streams watches over
 * plain HTTP, and misbehaves on request.
 */
final class FakeApiServer implements AutoCloseable {
  /** A request as it came. */
  record Asked(String path, Map<String, String> query, String authorization) {
    boolean isWatch() {
      return query.containsKey("watch");
    }

    String kind() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /** An answer in place of the right one. */
  record Fault(int status, String body, Map<String, String> headers) {
    static Fault status(int code, String message) {
      return new Fault(
          code,
          new JsonObject()
              .put("kind", "Status")
              .put("status", "Failure")
              .put("message", message)
              .put("code", code)
              .encode(),
          Map.of());
    }

    Fault with(String header, String value) {
      return new Fault(status, body, Map.of(header, value));
    }
  }

  private record Event(String kind, String key, long version, JsonObject frame) {}

  private record Watch(Asked asked, HttpServerResponse response) {}

  private final KubernetesSerialization json = new KubernetesSerialization();
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final Map<String, Map<String, JsonObject>> objects = new LinkedHashMap<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Watch> watches = new ArrayList<>();
  private final List<HttpServerRequest> held = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();
  private long version = 10;
  private long oldest = 1;
  private boolean silent;
  private boolean cut;
  private boolean endless;
  private boolean trickle;
  private final List<HttpServerResponse> dripping = new ArrayList<>();
  private @Nullable Fault fault;
  private Predicate<Asked> faulty = request -> true;

  FakeApiServer() throws Exception {
    server = vertx.createHttpServer().requestHandler(this::handle);
    server.listen(0, "127.0.0.1").await(20, TimeUnit.SECONDS);
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** Creates or changes. */
  synchronized void put(String kind, HasMetadata object) {
    JsonObject written = new JsonObject(json.asJson(object));
    put(kind, ObjectKey.of(object.getMetadata()), written);
  }

  synchronized void put(String kind, String key, JsonObject object) {
    version++;
    object.getJsonObject("metadata").put("resourceVersion", Long.toString(version));
    boolean known = all(kind).put(key, object) != null;
    event(kind, key, known ? "MODIFIED" : "ADDED", object);
  }

  synchronized void delete(String kind, String key) {
    JsonObject object = all(kind).remove(key);
    if (object != null) {
      version++;
      JsonObject last = object.copy();
      last.getJsonObject("metadata").put("resourceVersion", Long.toString(version));
      event(kind, key, "DELETED", last);
    }
  }

  /** Time passes elsewhere: watches hear of it by a bookmark. */
  synchronized void bookmark(String kind) {
    version++;
    JsonObject meta = new JsonObject().put("resourceVersion", Long.toString(version));
    event(kind, "", "BOOKMARK", new JsonObject().put("metadata", meta));
  }

  private void event(String kind, String key, String type, JsonObject object) {
    Event event =
        new Event(
            kind, key, version, new JsonObject().put("type", type).put("object", object.copy()));
    if (!type.equals("BOOKMARK")) {
      events.add(event);
    }
    if (!silent) {
      watches.stream()
          .filter(watch -> watch.asked().kind().equals(kind) && isIn(watch.asked(), key))
          .forEach(watch -> watch.response().write(event.frame().encode() + "\n"));
    }
  }

  /** A frame of the test's own. */
  synchronized void frame(String kind, String text) {
    watches.stream()
        .filter(watch -> watch.asked().kind().equals(kind))
        .forEach(watch -> watch.response().write(text));
  }

  /** What happened so far is forgotten, as after etcd's compaction. */
  synchronized void compact() {
    oldest = version + 1;
    version += 2;
    events.clear();
  }

  /** Watches end in order, as after timeoutSeconds. */
  synchronized void endWatches() {
    watches.forEach(watch -> watch.response().end());
    watches.clear();
  }

  /** Connections of watches are closed in the middle. */
  synchronized void breakWatches() {
    watches.forEach(watch -> watch.response().reset());
    watches.clear();
  }

  /** Each watch is answered, and its connection closed at once. */
  synchronized void cutWatches(boolean all) {
    cut = all;
  }

  /** After each page of a list comes another one. */
  synchronized void endlessPages(boolean always) {
    endless = always;
  }

  /** Lists and watches begin, and then have a blank with each {@link #drip}, and no end. */
  synchronized void trickle(boolean all) {
    trickle = all;
    if (!all) {
      dripping.clear();
    }
  }

  synchronized void drip() {
    dripping.forEach(response -> response.write(" "));
  }

  /** Nothing is answered any more, and nothing is closed. */
  synchronized void hang() {
    silent = true;
  }

  /** New requests are answered; those of before never are. */
  synchronized void wake() {
    silent = false;
    watches.clear();
    held.clear();
  }

  synchronized void answer(@Nullable Fault instead) {
    answer(instead, request -> true);
  }

  synchronized void answer(@Nullable Fault instead, Predicate<Asked> to) {
    fault = instead;
    faulty = to;
  }

  synchronized List<Asked> asked() {
    return List.copyOf(asked);
  }

  synchronized long lists(String kind) {
    return asked.stream().filter(one -> one.kind().equals(kind) && !one.isWatch()).count();
  }

  synchronized long watches(String kind) {
    return asked.stream().filter(one -> one.kind().equals(kind) && one.isWatch()).count();
  }

  /** Watches that are open now. */
  synchronized int open() {
    return watches.size();
  }

  private synchronized void handle(HttpServerRequest request) {
    Map<String, String> query = new TreeMap<>();
    request.params().forEach(query::put);
    Asked one =
        new Asked(request.path(), query, String.valueOf(request.getHeader("Authorization")));
    asked.add(one);
    Fault instead = fault;
    if (silent) {
      held.add(request);
    } else if (instead != null && faulty.test(one)) {
      answer(request, instead);
    } else if (trickle) {
      HttpServerResponse response = request.response().setChunked(true);
      response.exceptionHandler(gone -> {});
      response.closeHandler(closed -> dried(response));
      response.write(one.isWatch() ? "{" : "{\"items\":[");
      dripping.add(response);
    } else if (one.isWatch()) {
      watch(one, request.response());
    } else {
      list(one, request);
    }
  }

  private static void answer(HttpServerRequest request, Fault fault) {
    HttpServerResponse response = request.response().setStatusCode(fault.status());
    fault.headers().forEach(response::putHeader);
    response.end(fault.body());
  }

  private void list(Asked one, HttpServerRequest request) {
    List<JsonObject> all = new ArrayList<>();
    all(one.kind())
        .forEach(
            (key, object) -> {
              if (isIn(one, key)) {
                all.add(object);
              }
            });
    int from = Integer.parseInt(one.query().getOrDefault("continue", "0"));
    int limit = Integer.parseInt(one.query().getOrDefault("limit", "1000000"));
    int to = Math.min(all.size(), from + limit);
    JsonObject meta = new JsonObject().put("resourceVersion", Long.toString(version));
    if (to < all.size() || endless) {
      meta.put("continue", Integer.toString(to));
    }
    Buffer body =
        new JsonObject()
            .put("kind", "List")
            .put("apiVersion", "v1")
            .put("metadata", meta)
            .put("items", new JsonArray(List.copyOf(all.subList(from, to))))
            .toBuffer();
    HttpServerResponse response = request.response().putHeader("Content-Type", "application/json");
    if ("gzip".equals(request.getHeader("Accept-Encoding"))) {
      response.putHeader("Content-Encoding", "gzip").end(gzip(body));
    } else {
      response.end(body);
    }
  }

  private static Buffer gzip(Buffer body) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(body.getBytes());
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
    return Buffer.buffer(packed.toByteArray());
  }

  private void watch(Asked one, HttpServerResponse response) {
    long since = Long.parseLong(one.query().getOrDefault("resourceVersion", "0"));
    response.putHeader("Content-Type", "application/json").setChunked(true);
    response.exceptionHandler(gone -> {});
    if (since < oldest - 1) {
      JsonObject status =
          new JsonObject()
              .put("kind", "Status")
              .put("code", 410)
              .put("reason", "Expired")
              .put("message", "too old resource version");
      response.end(new JsonObject().put("type", "ERROR").put("object", status).encode() + "\n");
      return;
    }
    response.writeHead();
    if (cut) {
      vertx.setTimer(20, ignored -> response.reset());
      return;
    }
    Watch watch = new Watch(one, response);
    response.closeHandler(closed -> closed(watch));
    watches.add(watch);
    events.stream()
        .filter(event -> event.kind().equals(one.kind()) && isIn(one, event.key()))
        .filter(event -> event.version() > since)
        .forEach(event -> response.write(event.frame().encode() + "\n"));
  }

  private synchronized void dried(HttpServerResponse response) {
    dripping.remove(response);
  }

  private synchronized void closed(Watch watch) {
    watches.remove(watch);
  }

  private static boolean isIn(Asked one, String key) {
    String[] parts = one.path().split("/namespaces/", 2);
    return key.isEmpty()
        || parts.length == 1
        || key.startsWith(parts[1].substring(0, parts[1].indexOf('/') + 1));
  }

  private Map<String, JsonObject> all(String kind) {
    return objects.computeIfAbsent(kind, ignored -> new TreeMap<>());
  }

  @Override
  public void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }
}
