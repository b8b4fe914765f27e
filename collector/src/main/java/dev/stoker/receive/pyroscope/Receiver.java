package dev.stoker.receive.pyroscope;

import dev.stoker.component.Services;
import dev.stoker.concurrent.CpuPool;
import dev.stoker.pprof.shared.BodyWork;
import dev.stoker.profile.Appender;
import dev.stoker.receive.Answer;
import dev.stoker.receive.Heads;
import dev.stoker.receive.InvalidPush;
import dev.stoker.receive.ReceiverParts;
import dev.stoker.receive.Sender;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Door;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A running <code>pyroscope.receive_http</code>: knows its routes, and leads a request from its
 * head to the {@link Admission}. Owned by the control context.
 */
final class Receiver {
  static final String PUSH = "/push.v1.PusherService/Push";

  /** A smaller message is decoded at once: to hand it over would cost more. */
  private static final int SMALL = 256 << 10;

  private final ReceiverParts parts;
  private final Door door;
  private final IngestDoor ingest;
  private final CpuPool cpuPool;
  private ReceiveConfig config;

  Receiver(ReceiveConfig config, Appender next, Services services) {
    this.config = config;
    this.cpuPool = services.cpuPool();
    this.parts =
        ReceiverParts.of(
            config.component(),
            config.limits().bounds(),
            config.limits().admission(next),
            services);
    this.ingest =
        new IngestDoor(
            parts,
            new IngestDoor.Tools(cpuPool, BodyWork.of(services).workspaces(), services.timers()),
            () -> this.config.limits().maxInflatedSize());
    this.door = parts.server().door(this::request);
  }

  void configure(ReceiveConfig next, Appender receivers) {
    config = next;
    parts.configure(next.limits().bounds(), next.limits().admission(receivers));
  }

  Door door() {
    return door;
  }

  ReceiverParts parts() {
    return parts;
  }

  private void request(Arrival arrival) {
    arrival.whenGone(parts.admission()::gone);
    Sender stranger = Heads.stranger(arrival);
    String path = String.valueOf(arrival.request().path());
    if (IngestDoor.PATHS.contains(path)) {
      ingest(arrival, stranger);
    } else if (PUSH.equals(path)) {
      push(arrival, stranger);
    } else {
      parts.refuse(
          new PlainAnswer(arrival),
          stranger,
          new Refusal(
              Refusal.Kind.NOT_FOUND,
              "not found; profiles are pushed to " + PUSH + ", /ingest or /pyroscope/ingest"));
    }
  }

  private void ingest(Arrival arrival, Sender stranger) {
    Answer answer = new PlainAnswer(arrival);
    Refusal refusal = Heads.login(arrival, PUSH);
    if (refusal == null) {
      refusal = Heads.tenant(arrival.request(), config.tenantFromHeader());
    }
    if (refusal == null) {
      ingest.read(arrival, sender(arrival), answer);
    } else {
      parts.refuse(answer, stranger, refusal);
    }
  }

  private void push(Arrival arrival, Sender stranger) {
    HttpServerRequest request = arrival.request();
    Optional<PushProtocol> protocol = PushProtocol.of(request.getHeader(HttpHeaders.CONTENT_TYPE));
    Answer answer =
        protocol
            .<Answer>map(known -> new PushAnswer(arrival, known))
            .orElseGet(() -> new PlainAnswer(arrival));
    Refusal refusal = refusal(arrival, protocol);
    if (refusal != null) {
      boolean plain = refusal.kind() == Refusal.Kind.HTTP_VERSION; // no trailers there
      parts.refuse(plain ? new PlainAnswer(arrival) : answer, stranger, refusal);
    } else {
      protocol.ifPresent(known -> read(arrival, known, answer));
    }
  }

  /** What is wrong with the head; null = nothing. */
  private @Nullable Refusal refusal(Arrival arrival, Optional<PushProtocol> protocol) {
    HttpServerRequest request = arrival.request();
    Refusal head = Heads.login(arrival, PUSH);
    if (head != null) {
      return head;
    }
    if (protocol.isEmpty()) {
      arrival.response().putHeader("Accept-Post", PushProtocol.ACCEPTED);
      return new Refusal(
          Refusal.Kind.MEDIA_TYPE, "the Content-Type is none of " + PushProtocol.ACCEPTED);
    }
    if (protocol.get().framing() == PushProtocol.Framing.GRPC
        && request.version() != HttpVersion.HTTP_2) {
      return new Refusal(Refusal.Kind.HTTP_VERSION, "gRPC needs HTTP/2");
    }
    Refusal compression =
        Heads.compression(Heads.encoding(request, protocol.get().framing().encodingHeader()));
    if (compression != null) {
      return compression;
    }
    return Heads.tenant(request, config.tenantFromHeader());
  }

  private Sender sender(Arrival arrival) {
    return Heads.sender(arrival, config.tenantFromHeader());
  }

  private void read(Arrival arrival, PushProtocol protocol, Answer answer) {
    Sender sender = sender(arrival);
    String encoding = Heads.encoding(arrival.request(), protocol.framing().encodingHeader());
    arrival.read(
        bytes -> {
          try {
            decode(arrival, PushBody.of(protocol, bytes, encoding), sender, answer);
          } catch (InvalidPush invalid) {
            parts.failed(answer, sender, invalid);
          }
        },
        refusal -> parts.refuse(answer, sender, refusal));
  }

  private void decode(Arrival arrival, PushBody body, Sender sender, Answer answer)
      throws InvalidPush {
    long maxInflated = config.limits().maxInflatedSize();
    if (body.isLargerThan(maxInflated)) {
      parts.refuse(
          answer,
          sender,
          new Refusal(
              Refusal.Kind.TOO_LARGE,
              "the request inflates to more than limits.max_inflated_size ("
                  + maxInflated
                  + " bytes)"));
      return;
    }
    Refusal full = arrival.reserve(body.memory());
    if (full != null) {
      parts.refuse(answer, sender, full);
    } else if (!body.gzip() && !body.protocol().json() && body.bytes().length < SMALL) {
      parts.admission().admit(body.decode(), sender, answer);
    } else {
      cpuPool
          .submit(body::decode)
          .onSuccess(profiles -> parts.admission().admit(profiles, sender, answer))
          .onFailure(failure -> parts.failed(answer, sender, failure));
    }
  }
}
