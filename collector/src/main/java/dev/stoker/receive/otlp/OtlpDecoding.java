package dev.stoker.receive.otlp;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.otlp.decode.Decoded;
import dev.stoker.otlp.decode.OtlpRequest;
import dev.stoker.otlp.json.LargerProtoException;
import dev.stoker.otlp.json.OtlpJson;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.receive.InvalidPush;
import dev.stoker.receive.server.Arrival;
import dev.stoker.receive.server.Refusal;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads requests on the CPU pool, each in memory that was taken for it: first what is enough for
 * almost all, then what the limits allow. Owned by the control context.
 */
final class OtlpDecoding {
  /** No profile is smaller than some hundred bytes. */
  private static final long LEAST_ROOM = 4 << 10;

  private final CpuPool cpuPool;
  private final Workspaces workspaces;

  /** A request is refused for this reason. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    Refused(Refusal refusal) {
      super(refusal.words(), null, false, false);
      this.refusal = refusal;
    }

    Refusal refusal() {
      return refusal;
    }
  }

  /**
   * What a request may take.
   *
   * @param maxInflated bytes of the message, and of all its profiles
   * @param memory bytes of all requests
   */
  record Most(long maxInflated, long memory) {}

  /** The memory of one request. It only becomes more, until the answer. */
  private static final class Held {
    private final Arrival arrival;
    private final long capacity;
    private long bytes;

    Held(Arrival arrival, OtlpBody body, long capacity) {
      this.arrival = arrival;
      this.capacity = capacity;
      this.bytes = body.bytes().length;
    }

    /** Takes what is missing of so much in all. Null = it has it. */
    @Nullable Refusal upTo(long all) {
      if (all > capacity) {
        return new Refusal(
            Refusal.Kind.TOO_LARGE,
            "to read the request takes more memory than limits.max_in_flight_bytes ("
                + capacity
                + " bytes); send fewer profiles in a request");
      }
      if (arrival.isGone()) {
        return Refusal.busy("nobody waits for the answer");
      }
      if (all <= bytes) {
        return null;
      }
      Refusal full = arrival.reserve(all - bytes);
      bytes = full == null ? all : bytes;
      return full;
    }
  }

  OtlpDecoding(CpuPool cpuPool, Workspaces workspaces) {
    this.cpuPool = cpuPool;
    this.workspaces = workspaces;
  }

  /** Fails with {@link Refused}, or with a bug. */
  Future<Decoded> decode(Arrival arrival, OtlpBody body, Most most) {
    if (body.isLargerThan(most.maxInflated())) {
      return refused(
          new Refusal(
              Refusal.Kind.TOO_LARGE,
              "the request inflates to more than limits.max_inflated_size ("
                  + most.maxInflated()
                  + " bytes)"));
    }
    Held held = new Held(arrival, body, most.memory());
    return request(held, body, OtlpJson.USUAL)
        .recover(failure -> again(held, body, failure))
        .compose(request -> decode(held, request, most));
  }

  private Future<OtlpRequest> request(Held held, OtlpBody body, int growth) {
    Refusal full = held.upTo(body.bytes().length + body.memory(growth));
    return full != null
        ? refused(full)
        : cpuPool.submit(() -> body.request(growth)).recover(OtlpDecoding::invalid);
  }

  /** Some JSON becomes larger than almost all does. */
  private Future<OtlpRequest> again(Held held, OtlpBody body, Throwable failure) {
    return failure instanceof LargerProtoException
        ? request(held, body, OtlpJson.MOST)
        : Future.failedFuture(failure);
  }

  /** The body is not held any more, unless the message is in it. */
  private Future<Decoded> decode(Held held, OtlpRequest request, Most most) {
    long mostRoom = Math.min(most.maxInflated(), request.room(most.memory()));
    long room = Math.min(request.usual(), mostRoom);
    Refusal full = held.upTo(request.memory(Math.max(room, LEAST_ROOM)));
    if (full != null) {
      return refused(full);
    }
    return read(request, room)
        .compose(
            decoded ->
                decoded.outOfRoom() && mostRoom > room
                    ? readAgain(held, request, mostRoom)
                    : Future.succeededFuture(decoded),
            OtlpDecoding::invalid);
  }

  /** Profiles that share much of a dictionary may take more than others, when there is room. */
  private Future<Decoded> readAgain(Held held, OtlpRequest request, long room) {
    Refusal full = held.upTo(request.memory(room));
    return full != null ? refused(full) : read(request, room).recover(OtlpDecoding::invalid);
  }

  private Future<Decoded> read(OtlpRequest request, long room) {
    return cpuPool.submit(() -> workspaces.use(workspace -> request.decode(room, workspace)));
  }

  private static <T> Future<T> refused(Refusal refusal) {
    return Future.failedFuture(new Refused(refusal));
  }

  private static <T> Future<T> invalid(Throwable failure) {
    boolean invalid =
        failure instanceof InvalidPush || failure instanceof MalformedProfileException;
    return invalid
        ? refused(Refusal.invalid(String.valueOf(failure.getMessage())))
        : Future.failedFuture(failure);
  }
}
