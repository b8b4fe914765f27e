package dev.stoker.write.otlp;

import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What each status of a gRPC call means, as {@code RetryTable} says it of the statuses of HTTP.
 *
 * <pre>
 * code                                            means           the profile is
 * OK                                              accepted        delivered
 * UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND,
 * UNIMPLEMENTED                                   misconfigured   tried again
 * RESOURCE_EXHAUSTED                              throttled       tried again; dropped where
 *                                                                 retry_on_http_429 = false
 * INVALID_ARGUMENT, ALREADY_EXISTS,
 * FAILED_PRECONDITION                             rejected        dropped
 * any other                                       unavailable     tried again
 * </pre>
 *
 * OTLP says that UNKNOWN and INTERNAL are not to be tried again. Pyroscope answers UNKNOWN whatever
 * is wrong, so here the other profiles tell whether the endpoint is at fault, as with 500. A server
 * without profiles answers UNIMPLEMENTED, which is a setting of it, or the wrong url.
 */
final class GrpcCodes {
  private static final List<String> NAMES =
      List.of(
          "OK",
          "CANCELLED",
          "UNKNOWN",
          "INVALID_ARGUMENT",
          "DEADLINE_EXCEEDED",
          "NOT_FOUND",
          "ALREADY_EXISTS",
          "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED",
          "FAILED_PRECONDITION",
          "ABORTED",
          "OUT_OF_RANGE",
          "UNIMPLEMENTED",
          "INTERNAL",
          "UNAVAILABLE",
          "DATA_LOSS",
          "UNAUTHENTICATED");

  /**
   * @param code value of grpc-status
   * @param message for people; "" = none
   * @param retryMillis for how long the server asks to wait, or null
   * @param retryExhausted false = RESOURCE_EXHAUSTED drops the profile
   */
  static SendResult of(
      String code, String message, @Nullable Long retryMillis, boolean retryExhausted) {
    String name = name(code);
    String text = name + (message.isEmpty() ? "" : " " + message);
    return switch (name) {
      case "OK" -> new SendResult.Accepted();
      case "UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND" ->
          new SendResult.Retryable(Kind.MISCONFIGURED, text, null);
      case "UNIMPLEMENTED" ->
          new SendResult.Retryable(
              Kind.MISCONFIGURED, text + " (does the server take OTLP profiles?)", null);
      case "RESOURCE_EXHAUSTED" ->
          retryExhausted
              ? new SendResult.Retryable(Kind.THROTTLED, text, retryMillis)
              : new SendResult.Rejected(text);
      case "INVALID_ARGUMENT", "ALREADY_EXISTS", "FAILED_PRECONDITION" ->
          new SendResult.Rejected(text);
      default -> new SendResult.Retryable(Kind.UNAVAILABLE, text, retryMillis);
    };
  }

  private static String name(String code) {
    boolean known = code.matches("[0-9]{1,2}") && Integer.parseInt(code) < NAMES.size();
    return known ? NAMES.get(Integer.parseInt(code)) : "gRPC status " + code;
  }

  private GrpcCodes() {}
}
