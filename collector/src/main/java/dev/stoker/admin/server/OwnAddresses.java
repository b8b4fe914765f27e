package dev.stoker.admin.server;

import dev.stoker.concurrent.Timers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells clients on this machine (or in this pod) from others by the address that they connect from.
 * A client that connects to one of our addresses from here has that same address, unless it chose
 * another one of ours. The interfaces are read on a worker thread.
 */
final class OwnAddresses {
  private static final long LOOK_MILLIS = 30_000;

  private final Vertx vertx;
  private final Timers timers;
  private Set<InetAddress> known = Set.of();
  private Timers.Cancellable looking = () -> {};
  private boolean closed;

  OwnAddresses(Vertx vertx, Timers timers) {
    this.vertx = vertx;
    this.timers = timers;
  }

  /** Never fails: without the list, loopback and the address that was connected to are known. */
  Future<Void> open() {
    return vertx
        .executeBlocking(OwnAddresses::read, false)
        .onSuccess(now -> known = now)
        .<Void>mapEmpty()
        .recover(unreadable -> Future.succeededFuture())
        .onComplete(
            ignored -> {
              if (!closed) {
                looking = timers.after(LOOK_MILLIS, this::open);
              }
            });
  }

  private static Set<InetAddress> read() throws IOException {
    try (var interfaces = NetworkInterface.networkInterfaces()) {
      return interfaces
          .flatMap(NetworkInterface::inetAddresses)
          .map(OwnAddresses::withoutScope)
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  boolean has(@Nullable SocketAddress peer, @Nullable SocketAddress local) {
    InetAddress address = address(peer);
    return address != null
        && (address.isLoopbackAddress()
            || address.equals(address(local))
            || known.contains(address));
  }

  private static @Nullable InetAddress address(@Nullable SocketAddress socket) {
    String literal = socket == null ? null : socket.hostAddress();
    if (literal == null || literal.isEmpty()) {
      return null;
    }
    try {
      return withoutScope(InetAddress.getByName(literal.split("%", 2)[0]));
    } catch (UnknownHostException noLiteral) {
      return null;
    }
  }

  /** A link-local address of IPv6 is the same on whatever interface. */
  private static InetAddress withoutScope(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  void close() {
    closed = true;
    looking.cancel();
  }
}
