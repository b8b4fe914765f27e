package dev.stoker.receive.otlp;

import dev.stoker.component.Services;
import dev.stoker.otlp.decode.Decoded;
import dev.stoker.pprof.shared.BodyWork;
import dev.stoker.profile.Appender;
import dev.stoker.receive.Admission;
import dev.stoker.receive.Heads;
import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import dev.stoker.receive.LeftOutLabel;
import dev.stoker.receive.ReceiverParts;
import dev.stoker.receive.Sender;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Door;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A running <code>otlp.receive</code>: leads a request from its head to the {@link Admission}.
 * Owned by the control context.
 */
final class OtlpReceiver {
  static final String HTTP_PATH = "/v1development/profiles";
  static final String GRPC_PATH =
      "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";

  private final ReceiverParts parts;
  private final Door grpc;
  private final Door http;
  private final OtlpDecoding decoding;
  private OtlpReceiveConfig config;

  OtlpReceiver(OtlpReceiveConfig config, Appender next, Services services) {
    this.config = config;
    this.decoding = new OtlpDecoding(services.cpuPool(), BodyWork.of(services).workspaces());
    this.parts =
        ReceiverParts.of(
            config.component(),
            config.limits().bounds(),
            config.limits().admission(next),
            services);
    this.grpc = parts.server().door(arrival -> request(arrival, GRPC_PATH));
    this.http = parts.server().door(arrival -> request(arrival, HTTP_PATH));
  }

  void configure(OtlpReceiveConfig next, Appender receivers) {
    config = next;
    parts.configure(next.limits().bounds(), next.limits().admission(receivers));
  }

  ReceiverParts parts() {
    return parts;
  }

  Door grpc() {
    return grpc;
  }

  Door http() {
    return http;
  }

  private void request(Arrival arrival, String path) {
    arrival.whenGone(parts.admission()::gone);
    HttpServerRequest request = arrival.request();
    Optional<OtlpWay> way =
        OtlpWay.of(request.getHeader(HttpHeaders.CONTENT_TYPE))
            .filter(known -> (known == OtlpWay.GRPC) == path.equals(GRPC_PATH));
    OtlpWay usual = path.equals(GRPC_PATH) ? OtlpWay.GRPC : OtlpWay.PROTO;
    Refusal refusal = refusal(arrival, path, way);
    if (refusal != null) {
      // There are no trailers before HTTP/2.
      boolean plain = request.version() != HttpVersion.HTTP_2 && usual == OtlpWay.GRPC;
      OtlpAnswer answer = new OtlpAnswer(arrival, plain ? OtlpWay.JSON : way.orElse(usual));
      parts.refuse(answer, Heads.stranger(arrival), refusal);
    } else {
      read(arrival, way.orElse(usual));
    }
  }

  /** What is wrong with the head; null = nothing. */
  private @Nullable Refusal refusal(Arrival arrival, String path, Optional<OtlpWay> way) {
    HttpServerRequest request = arrival.request();
    if (!path.equals(request.path())) {
      return new Refusal(
          Refusal.Kind.NOT_FOUND, "not found; profiles are pushed to " + path + " at this port");
    }
    Refusal head = Heads.login(arrival, path);
    if (head != null) {
      return head;
    }
    if (way.isEmpty()) {
      String accepted =
          path.equals(GRPC_PATH)
              ? "application/grpc"
              : "application/x-protobuf, application/protobuf, application/json";
      arrival.response().putHeader("Accept-Post", accepted);
      return new Refusal(Refusal.Kind.MEDIA_TYPE, "the Content-Type is none of " + accepted);
    }
    if (way.get() == OtlpWay.GRPC && request.version() != HttpVersion.HTTP_2) {
      return new Refusal(Refusal.Kind.HTTP_VERSION, "gRPC needs HTTP/2");
    }
    Refusal compression = Heads.compression(Heads.encoding(request, way.get().encodingHeader()));
    if (compression != null) {
      return compression;
    }
    return Heads.tenant(request, config.tenantFromHeader());
  }

  private void read(Arrival arrival, OtlpWay way) {
    Sender sender = Heads.sender(arrival, config.tenantFromHeader());
    String encoding = Heads.encoding(arrival.request(), way.encodingHeader());
    OtlpAnswer answer = new OtlpAnswer(arrival, way);
    arrival.read(
        bytes -> {
          try {
            decode(arrival, OtlpBody.of(way, bytes, encoding), sender, answer);
          } catch (InvalidPush invalid) {
            parts.failed(answer, sender, invalid);
          }
        },
        refusal -> parts.refuse(answer, sender, refusal));
  }

  private void decode(Arrival arrival, OtlpBody body, Sender sender, OtlpAnswer answer) {
    OtlpDecoding.Most most =
        new OtlpDecoding.Most(
            config.limits().maxInflatedSize(), config.limits().bounds().maxInFlightBytes());
    decoding
        .decode(arrival, body, most)
        .onSuccess(decoded -> decoded(decoded, sender, answer))
        .onFailure(failure -> failed(answer, sender, failure));
  }

  private void failed(OtlpAnswer answer, Sender sender, Throwable failure) {
    if (failure instanceof OtlpDecoding.Refused refused) {
      parts.refuse(answer, sender, refused.refusal());
    } else {
      parts.failed(answer, sender, failure);
    }
  }

  private void decoded(Decoded decoded, Sender sender, OtlpAnswer answer) {
    decoded
        .leftOut()
        .forEach(
            (why, count) -> parts.admission().leftOut(LeftOutLabel.valueOf(why.name()), count));
    if (decoded.rejected() > 0) {
      parts.admission().rejected(sender, decoded.rejected(), decoded.reason());
      answer.rejected(decoded.rejected(), decoded.reason());
    }
    List<Incoming> profiles =
        decoded.profiles().stream()
            .map(
                profile ->
                    new Incoming(
                        profile.labels().stream()
                            .map(label -> new Incoming.Label(label.name(), label.value()))
                            .toList(),
                        profile.body()))
            .toList();
    if (!profiles.isEmpty()) {
      parts.admission().admit(profiles, sender, answer);
    } else if (decoded.rejected() > 0) {
      parts.refuse(answer, sender, Refusal.invalid(decoded.reason()));
    } else {
      parts.admission().nothing(sender, answer);
    }
  }
}
