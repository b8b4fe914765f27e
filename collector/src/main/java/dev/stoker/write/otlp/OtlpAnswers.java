package dev.stoker.write.otlp;

import dev.stoker.concurrent.Timers;
import dev.stoker.http.client.HttpExchange.Head;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.write.endpoint.Endpoint;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.SendResult.Kind;
import dev.stoker.write.http.AnswerTexts;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.OtherServer;
import dev.stoker.write.http.PushClient.Answered;
import dev.stoker.write.http.RetryTable;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what came of a request: the one place that maps an answer to a verdict. A status of HTTP
 * means what {@link RetryTable} says, one of gRPC what {@link GrpcCodes} says. A success counts
 * only when it is of the protocol. One that names profiles which the server has not taken is a
 * rejection, also when it has taken others of the same body: those are the profiles of other sample
 * types. The control context owns it.
 */
final class OtlpAnswers {
  static final String MEDIA_TYPE = "application/x-protobuf";

  private static final Logger log = LoggerFactory.getLogger(Endpoint.class);
  private static final String GRPC_MEDIA = "application/grpc";
  private static final int PREFIX = 5;
  private static final int MAX_ANSWER = 1 << 20;

  private final EndpointConfig config;
  private final AnswerTexts texts;
  private final Timers timers;
  private String warned = "";

  OtlpAnswers(EndpointConfig config, AnswerTexts texts, Timers timers) {
    this.config = config;
    this.texts = texts;
    this.timers = timers;
  }

  /**
   * @param profiles OTLP profiles in the request
   */
  SendResult of(Answered answered, int profiles) {
    Head head = answered.head();
    if (!head.ok()) {
      return failed(answered);
    }
    boolean grpc = config.protocol() == OtlpProtocol.GRPC;
    boolean own = grpc ? isGrpc(head) : OtherServer.isMedia(head, MEDIA_TYPE);
    if (!own) {
      return config.acceptAny2xx() && !grpc
          ? new SendResult.Accepted()
          : OtherServer.answered("OTLP's", head, answered.body(), texts);
    }
    return grpc ? called(answered, profiles) : taken(answered.body().getBytes(), 0, profiles);
  }

  /** A status of HTTP that is no success. */
  private SendResult failed(Answered answered) {
    Head head = answered.head();
    RpcStatus status =
        OtherServer.isMedia(head, MEDIA_TYPE)
            ? RpcStatus.of(answered.body().getBytes())
            : RpcStatus.NONE;
    String text =
        status.message().isEmpty() ? texts.shown(answered.body()) : shown(status.message());
    SendResult result =
        RetryTable.of(
            head.status(),
            text,
            head.headers().get("Retry-After"),
            config.retry().on429(),
            Instant.ofEpochMilli(timers.wallMillis()));
    return result instanceof SendResult.Retryable retryable && retryable.retryAfterMillis() == null
        ? new SendResult.Retryable(retryable.kind(), retryable.answer(), status.retryMillis())
        : result;
  }

  private static boolean isGrpc(Head head) {
    return head.header("Content-Type").startsWith(GRPC_MEDIA);
  }

  private SendResult called(Answered answered, int profiles) {
    String code = trailer(answered, "grpc-status");
    if (code == null) {
      return new SendResult.Retryable(
          Kind.MISCONFIGURED,
          "the answer has no grpc-status: is there a proxy in between that does not speak gRPC?",
          null);
    }
    if (code.equals("0")) {
      return message(answered.body().getBytes(), profiles);
    }
    RpcStatus details = RpcStatus.ofHeader(trailer(answered, "grpc-status-details-bin"));
    String message = decoded(trailer(answered, "grpc-message"));
    return GrpcCodes.of(shown(code), shown(message), details.retryMillis(), config.retry().on429());
  }

  /** A call that fails at once has all in the head of its answer. */
  private static @Nullable String trailer(Answered answered, String name) {
    String value = answered.trailers().get(name);
    return value == null ? answered.head().headers().get(name) : value;
  }

  /** Percent-encoded UTF-8, where a plus is a plus. */
  private static String decoded(@Nullable String message) {
    try {
      return message == null
          ? ""
          : URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException asItIs) {
      return String.valueOf(message);
    }
  }

  /** The message of an answer, behind its prefix; a server may leave it out. */
  private SendResult message(byte[] body, int profiles) {
    if (body.length <= PREFIX) {
      return new SendResult.Accepted();
    }
    if (body[0] == 0) {
      return taken(body, PREFIX, profiles);
    }
    try {
      byte[] packed = Arrays.copyOfRange(body, PREFIX, body.length);
      return taken(Gzip.inflate(packed, MAX_ANSWER), 0, profiles);
    } catch (MalformedProfileException unreadable) {
      return taken(body, body.length, profiles);
    }
  }

  private SendResult taken(byte[] body, int from, int profiles) {
    PartialSuccess partial;
    try {
      partial = PartialSuccess.of(body, from);
    } catch (MalformedProfileException other) {
      partial = new PartialSuccess(0, "the server's answer to a request that it took is not OTLP");
    }
    if (partial.rejected() > 0) {
      return new SendResult.Rejected(
          "the server rejected "
              + Math.min(partial.rejected(), profiles)
              + " of "
              + profiles
              + " sample types: "
              + shown(partial.message()));
    }
    warn(shown(partial.message()));
    return new SendResult.Accepted();
  }

  /** Once for each new text in a row. */
  private void warn(String message) {
    if (!message.isEmpty() && !message.equals(warned)) {
      warned = message;
      log.atWarn()
          .addKeyValue("endpoint", config.displayName())
          .addKeyValue("answer", message)
          .log("the server takes profiles and warns");
    }
  }

  private String shown(String text) {
    return AnswerTexts.excerpt(texts.redacted(text));
  }
}
