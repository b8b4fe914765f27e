package dev.stoker.discovery.kubernetes.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * How the API server says that it does not do what it was asked for.
 *
 * @param code 0 = it does not say
 * @param retryAfterSeconds 0 = it does not say
 */
record ApiStatus(int code, String message, String reason, long retryAfterSeconds) {
  private static final ApiStatus NONE = new ApiStatus(0, "", "", 0);

  /**
   * @param json at the first token of the status; what is no such object says nothing
   */
  static ApiStatus read(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return NONE;
    }
    int code = 0;
    String message = "";
    String reason = "";
    long seconds = 0;
    for (String name; (name = json.nextFieldName()) != null; ) {
      JsonToken value = json.nextToken();
      switch (name) {
        case "code" -> code = json.getValueAsInt();
        case "message" -> message = json.getValueAsString("");
        case "reason" -> reason = json.getValueAsString("");
        case "details" -> seconds = value == JsonToken.START_OBJECT ? seconds(json) : 0;
        default -> json.skipChildren();
      }
      if (json.currentToken().isStructStart()) {
        json.skipChildren();
      }
    }
    return new ApiStatus(code, message, reason, seconds);
  }

  private static long seconds(JsonParser details) throws IOException {
    long seconds = 0;
    for (String name; (name = details.nextFieldName()) != null; ) {
      details.nextToken();
      if (name.equals("retryAfterSeconds")) {
        seconds = details.getValueAsLong();
      }
      details.skipChildren();
    }
    return seconds;
  }

  ApiFailure failure() {
    String words = !message.isEmpty() ? message : !reason.isEmpty() ? reason : "no message";
    return new ApiFailure(code, words, RetryAfter.ofSeconds(retryAfterSeconds));
  }
}
