package dev.stoker.discovery.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.PromiseInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Asks the name servers of this machine by Netty's resolver: an answer that does not fit into a
 * datagram is asked for again over TCP, and the search domains of <code>/etc/resolv.conf</code>
 * apply. Nothing is kept: who looks a name up at an interval wants to see what has changed.
 */
public final class DnsRecords {
  private final ContextInternal context;
  private final DnsNameResolver resolver;

  /**
   * @param servers which servers are asked, with which search domains; a new builder = those of
   *     this machine
   */
  public DnsRecords(Vertx vertx, DnsNameResolverBuilder servers) {
    this.context = (ContextInternal) vertx.getOrCreateContext();
    Transport transport = ((VertxInternal) vertx).transport();
    this.resolver =
        servers
            .eventLoop(context.nettyEventLoop())
            .datagramChannelFactory(transport.datagramChannelFactory())
            .socketChannelFactory(
                () -> (SocketChannel) transport.channelFactory(false).newChannel())
            .hostsFileEntriesResolver((host, types) -> null)
            .resolveCache(NoopDnsCache.INSTANCE)
            .cnameCache(NoopDnsCnameCache.INSTANCE)
            .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
            .optResourceEnabled(false)
            .build();
  }

  /** Of the machine that this runs on. */
  public static DnsRecords ofThisMachine(Vertx vertx) {
    return new DnsRecords(vertx, new DnsNameResolverBuilder());
  }

  /**
   * @param name with a dot at its end = search domains do not apply
   * @param read of the data of one record
   * @return fails with a message for people
   */
  <T> Future<List<T>> find(String name, DnsRecordType type, Function<ByteBuf, T> read) {
    PromiseInternal<List<T>> promise = context.promise();
    resolver
        .resolveAll(new Question(name, type))
        .addListener(
            (io.netty.util.concurrent.Future<List<DnsRecord>> done) -> {
              if (done.isSuccess()) {
                complete(promise, done.getNow(), type, read);
              } else {
                promise.fail(reason(done.cause()));
              }
            });
    return promise.future();
  }

  private static <T> void complete(
      PromiseInternal<List<T>> promise,
      List<DnsRecord> records,
      DnsRecordType type,
      Function<ByteBuf, T> read) {
    try {
      List<T> found = new ArrayList<>();
      for (DnsRecord each : records) {
        if (each instanceof DnsRawRecord record && record.type().equals(type)) {
          found.add(read.apply(record.content()));
        }
      }
      promise.complete(found);
    } catch (RuntimeException malformed) {
      promise.fail("the answer is malformed: " + malformed.getMessage());
    } finally {
      records.forEach(ReferenceCountUtil::release);
    }
  }

  /** The server's code, such as NXDOMAIN, where it has given one. */
  private static String reason(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof DnsErrorCauseException told) {
        return told.getCode().toString().replaceAll("\\(.*", "").toUpperCase(Locale.ROOT);
      }
      cause = cause.getCause();
    }
    return String.valueOf(failure.getMessage());
  }

  void close() {
    resolver.close();
  }

  /** Netty's own puts a dot at the end of the name, which would keep search domains away. */
  private static final class Question extends DefaultDnsQuestion {
    private final String asWritten;

    Question(String name, DnsRecordType type) {
      super(name, type);
      this.asWritten = name;
    }

    @Override
    public String name() {
      return asWritten;
    }
  }
}
