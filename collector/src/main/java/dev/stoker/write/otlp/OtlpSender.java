package dev.stoker.write.otlp;

import dev.stoker.http.client.ClientAccess;
import dev.stoker.otlp.encode.Encoded;
import dev.stoker.otlp.encode.Series;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.write.endpoint.SendResult;
import dev.stoker.write.endpoint.Sender;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.PushClient;
import dev.stoker.write.queue.OutgoingProfile;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.HashMap;
import java.util.Map;

/**
 * Sends one profile per request: by OTLP/HTTP as <code>POST …/v1development/profiles</code>, or as
 * a unary gRPC call, which is the same message behind five bytes. A try that is repeated is encoded
 * anew, to the same bytes: the queue holds the profile as it came. The control context owns it.
 */
final class OtlpSender implements Sender {
  private static final String HTTP_PATH = "/v1development/profiles";
  private static final String GRPC_PATH =
      "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";

  private static final int PREFIX = 5;

  private final EndpointConfig config;
  private final OtlpWrite.Encoder encoder;
  private final PushClient client;
  private final OtlpAnswers answers;
  private final ChangedProfiles changed;

  OtlpSender(EndpointConfig config, OtlpWrite.Services services, ClientAccess settings) {
    this.config = config;
    this.encoder = services.encoder();
    this.client =
        new PushClient(
            config,
            isGrpc() ? grpc(config.remoteTimeout().toMillis()) : http(),
            new PushClient.Services(
                services.vertx(), services.endpoints().timers(), services.userAgent()),
            settings);
    this.answers = new OtlpAnswers(config, client.texts(), services.endpoints().timers());
    this.changed = new ChangedProfiles(config.displayName(), services.endpoints());
  }

  private boolean isGrpc() {
    return config.protocol() == OtlpProtocol.GRPC;
  }

  private static PushClient.Form http() {
    return new PushClient.Form(
        HTTP_PATH,
        Map.of("Content-Type", OtlpAnswers.MEDIA_TYPE, "Content-Encoding", "gzip"),
        false);
  }

  private static PushClient.Form grpc(long timeoutMillis) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/grpc");
    headers.put("TE", "trailers");
    headers.put("grpc-encoding", "gzip");
    headers.put("grpc-accept-encoding", "identity");
    headers.put("grpc-timeout", Math.min(timeoutMillis, 99_999_999) + "m");
    return new PushClient.Form(GRPC_PATH, headers, true);
  }

  @Override
  public Future<SendResult> send(OutgoingProfile profile) {
    Series series = new Series(profile.labels(), profile.scrapedAtMillis() * 1_000_000);
    return encoder
        .encode(profile.body(), series)
        .transform(
            encoded ->
                encoded.succeeded() ? send(profile, encoded.result()) : refused(encoded.cause()));
  }

  private Future<SendResult> send(OutgoingProfile profile, Encoded encoded) {
    return client
        .send(
            isGrpc() ? framed(encoded.request()) : wrap(encoded.request()),
            profile.tenant(),
            answered -> answers.of(answered, encoded.profiles()))
        .onSuccess(
            result -> {
              if (result instanceof SendResult.Accepted) {
                changed.delivered(profile, encoded);
              }
            });
  }

  /** No server will ever get it. A bug is the business of whoever called. */
  private static Future<SendResult> refused(Throwable why) {
    return why instanceof MalformedProfileException malformed
        ? Future.succeededFuture(
            new SendResult.Rejected(
                "not sent: no OTLP can be made of it: " + malformed.getMessage()))
        : Future.failedFuture(why);
  }

  /** A message of gRPC that is compressed. */
  private static Buffer framed(byte[] message) {
    byte[] prefix = new byte[PREFIX];
    prefix[0] = 1;
    for (int i = 1; i < PREFIX; i++) {
      prefix[i] = (byte) (message.length >>> (8 * (PREFIX - 1 - i)));
    }
    return BufferInternal.buffer(Unpooled.wrappedBuffer(prefix, message));
  }

  /** Shares the array; Buffer.buffer would copy it. */
  private static Buffer wrap(byte[] message) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(message));
  }

  @Override
  public Future<Void> close() {
    return client.close();
  }
}
