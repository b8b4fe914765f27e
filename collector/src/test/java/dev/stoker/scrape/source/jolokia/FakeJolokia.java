package dev.stoker.scrape.source.jolokia;

import com.sun.net.httpserver.HttpExchange;
import dev.stoker.scrape.source.FakeHost;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import jdk.management.jfr.FlightRecorderMXBean;
import jdk.management.jfr.RecordingInfo;

/** Jolokia's protocol (as agent 2.6.0 speaks it) before this JVM's own FlightRecorder MBean. */
final class FakeJolokia extends FakeHost {
  static final FlightRecorderMXBean JFR =
      ManagementFactory.getPlatformMXBean(FlightRecorderMXBean.class);

  final List<String> operations = new ArrayList<>();
  final CountDownLatch goOn = new CountDownLatch(1);
  volatile int refuse;
  volatile String instead = "";

  /** Operation that is done, but whose answer does not come. */
  volatile String lose = "";

  volatile String stall = "";

  /** Every block is empty, and none is the last. */
  volatile boolean emptyBlocks;

  @Override
  protected void answer(HttpExchange exchange, String body)
      throws IOException, InterruptedException {
    if (refuse != 0) {
      json(exchange, refuse, "");
      return;
    }
    if (!instead.isEmpty()) {
      json(exchange, 200, instead);
      return;
    }
    if (!stall.isEmpty() && body.contains("\"" + stall + "\"")) {
      goOn.await();
    }
    StringBuilder answer = new StringBuilder();
    if (body.startsWith("[")) {
      List<String> all = new ArrayList<>();
      new JsonArray(body).forEach(request -> all.add(result((JsonObject) request)));
      answer.append('[').append(String.join(",", all)).append(']');
    } else {
      answer.append(result(new JsonObject(body)));
    }
    if (lose.isEmpty() || !body.contains("\"" + lose + "\"")) {
      send(
          exchange,
          200,
          "application/json; charset=utf-8",
          answer.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private String result(JsonObject request) {
    try {
      return "{\"value\":" + value(request) + ",\"status\":200,\"timestamp\":1795658607}";
    } catch (IOException | RuntimeException failed) {
      return new JsonObject()
          .put("error_type", failed.getClass().getName())
          .put(".error", true)
          .put("error", failed.getMessage())
          .put("status", 500)
          .encode();
    }
  }

  private Object value(JsonObject request) throws IOException {
    if (request.getString("type").equals("read")) {
      JsonArray all = new JsonArray();
      JFR.getRecordings()
          .forEach(
              info ->
                  all.add(
                      new JsonObject()
                          .put("settings", new JsonObject(new TreeMap<>(info.getSettings())))
                          .put("id", info.getId())
                          .put("name", info.getName())
                          .put("state", info.getState())));
      return all;
    }
    JsonArray arguments = request.getJsonArray("arguments");
    String operation = request.getString("operation");
    synchronized (operations) {
      operations.add(operation);
    }
    long id = arguments.isEmpty() ? 0 : arguments.getLong(0);
    switch (operation) {
      case "newRecording" -> {
        return JFR.newRecording();
      }
      case "setRecordingOptions" -> JFR.setRecordingOptions(id, map(arguments));
      case "setPredefinedConfiguration" ->
          JFR.setPredefinedConfiguration(id, arguments.getString(1));
      case "getRecordingSettings" -> {
        return new JsonObject(new TreeMap<>(JFR.getRecordingSettings(id)));
      }
      case "setRecordingSettings" -> JFR.setRecordingSettings(id, map(arguments));
      case "startRecording" -> JFR.startRecording(id);
      case "getRecordingOptions" -> {
        return new JsonObject(new TreeMap<>(JFR.getRecordingOptions(id)));
      }
      case "cloneRecording" -> {
        return JFR.cloneRecording(id, arguments.getBoolean(1));
      }
      case "openStream" -> {
        return JFR.openStream(id, map(arguments));
      }
      case "readStream" -> {
        return emptyBlocks ? "[]" : numbers(JFR.readStream(id));
      }
      case "closeStream" -> JFR.closeStream(id);
      case "closeRecording" -> JFR.closeRecording(id);
      default -> throw new IllegalArgumentException(operation);
    }
    return "null";
  }

  private static Map<String, String> map(JsonArray arguments) {
    Map<String, String> map = new TreeMap<>();
    arguments.getJsonObject(1).forEach(entry -> map.put(entry.getKey(), (String) entry.getValue()));
    return map;
  }

  private static String numbers(byte[] block) {
    if (block == null) {
      return "null";
    }
    StringBuilder numbers = new StringBuilder("[");
    for (byte b : block) {
      numbers.append(numbers.length() > 1 ? "," : "").append(b);
    }
    return numbers.append(']').toString();
  }

  /** Names of those of this JVM that a test has to do with. */
  static List<String> recordings() {
    return JFR.getRecordings().stream()
        .map(RecordingInfo::getName)
        .filter(name -> name.contains("stoker-") || name.contains("somebody"))
        .toList();
  }

  static void closeAll() {
    for (RecordingInfo info : JFR.getRecordings()) {
      if (info.getName().contains("stoker-") || info.getName().contains("somebody")) {
        try {
          JFR.closeRecording(info.getId());
        } catch (IOException | IllegalArgumentException gone) {
          continue;
        }
      }
    }
  }
}
