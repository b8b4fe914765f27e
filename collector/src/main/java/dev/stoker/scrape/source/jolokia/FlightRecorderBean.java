package dev.stoker.scrape.source.jolokia;

import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.source.CallFailed;
import dev.stoker.scrape.source.JsonSize;
import dev.stoker.scrape.source.TargetCalls.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes requests to the FlightRecorder MBean in Jolokia's protocol, and reads its answers, except
 * for blocks of data, which {@link BlockDecoder} reads. Errors come with HTTP status 200 and a
 * status of their own.
 */
final class FlightRecorderBean {
  private static final String NAME = "jdk.management.jfr:type=FlightRecorder";

  private FlightRecorderBean() {}

  static JsonObject exec(String operation, Object... arguments) {
    return new JsonObject()
        .put("type", "exec")
        .put("mbean", NAME)
        .put("operation", operation)
        .put("arguments", new JsonArray(List.of(arguments)));
  }

  static JsonObject readRecordings() {
    return new JsonObject().put("type", "read").put("mbean", NAME).put("attribute", "Recordings");
  }

  static JsonObject map(Map<String, String> entries) {
    JsonObject json = new JsonObject();
    entries.forEach(json::put);
    return json;
  }

  /**
   * The URL of a request whose answer does not repeat the request, which would be half of a small
   * answer.
   */
  static URI url(URI target) {
    String query = target.getRawQuery() == null ? "" : "&" + target.getRawQuery();
    return URI.create(
        target.getScheme()
            + "://"
            + target.getRawAuthority()
            + target.getRawPath()
            + "?includeRequest=false"
            + query);
  }

  /**
   * @param count of requests that were sent as one
   * @return an object for each, with an error or without
   */
  static List<JsonObject> results(Answer answer, Buffer body, int count) throws CallFailed {
    checkHttp(answer);
    List<JsonObject> results = new ArrayList<>();
    if (JsonSize.isTooMuch(body)) {
      throw new CallFailed(
          Outcome.TOO_LARGE,
          "the answer of Jolokia holds more than " + JsonSize.MAX_VALUES + " values");
    }
    try {
      if (body.length() > 0 && body.getByte(0) == '{') {
        JsonObject only = new JsonObject(body);
        check(only);
        throw notJolokia(body);
      }
      for (Object result : new JsonArray(body)) {
        results.add((JsonObject) result);
      }
    } catch (DecodeException | ClassCastException other) {
      throw notJolokia(body);
    }
    if (results.size() != count) {
      throw notJolokia(body);
    }
    return results;
  }

  static void checkHttp(Answer answer) throws CallFailed {
    if (answer.ok()) {
      return;
    }
    String quoted = answer.text().isEmpty() ? "" : ": " + answer.text();
    String advice =
        switch (answer.status()) {
          case 401 -> "; the target wants credentials that were not sent";
          case 403 -> "; " + POLICY;
          case 404 ->
              "; no Jolokia is there: source_config.path is another, or the agent is not loaded";
          default -> "";
        };
    throw new CallFailed(
        answer.status() == 404 ? Outcome.NOT_FOUND : Outcome.HTTP,
        "HTTP status " + answer.status() + quoted + advice);
  }

  private static final String POLICY =
      "Jolokia's policy must allow POST, read and exec of " + NAME + ", and perhaps an Origin";

  /** The value; fails when there is an error instead. */
  static Object check(JsonObject result) throws CallFailed {
    if (result.getValue("status") instanceof Number status && status.intValue() == 200) {
      Object value = result.getValue("value");
      return value == null ? "" : value;
    }
    String type = String.valueOf(result.getValue("error_type"));
    String error = String.valueOf(result.getValue("error"));
    String advice = "";
    if (type.endsWith("InstanceNotFoundException")) {
      advice = "; the JVM has no FlightRecorder MBean: it needs JDK 11 with jdk.management.jfr";
    } else if (type.endsWith("SecurityException") || type.endsWith("AccessControlException")) {
      advice = "; " + POLICY;
    }
    String text = type + ": " + error;
    throw new CallFailed(
        Outcome.HTTP,
        "Jolokia: " + (text.length() > 300 ? text.substring(0, 300) + "…" : text) + advice);
  }

  /**
   * True if the recordings that were to be closed are closed now; one that was gone already counts
   * as closed.
   */
  static boolean areClosed(Buffer body) {
    try {
      for (Object each : new JsonArray(body)) {
        JsonObject result = (JsonObject) each;
        String error = String.valueOf(result.getValue("error"));
        if (result.containsKey("error_type") && !error.startsWith("No ")) {
          return false;
        }
      }
      return true;
    } catch (DecodeException | ClassCastException other) {
      return false;
    }
  }

  static long number(Object value) throws CallFailed {
    if (value instanceof Number number) {
      return number.longValue();
    }
    throw new CallFailed(Outcome.MALFORMED, "Jolokia answers with no number where an id should be");
  }

  private static CallFailed notJolokia(Buffer body) {
    String head =
        body.getString(0, Math.min(100, body.length())).replaceAll("[\\p{Cntrl}\\s]+", " ");
    return new CallFailed(Outcome.MALFORMED, "the answer is not Jolokia's: \"" + head + "\"");
  }
}
