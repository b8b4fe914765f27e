package dev.stoker.store;

import dev.stoker.concurrent.CpuPool;
import dev.stoker.concurrent.VertxTimers;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Serves the page over synthetic profiles, for the browser test and for looking at it: arguments
 * port and, optionally, <code>empty</code>.
 */
public final class StorePageDemo {
  private static final String[] CALLS = {
    "java.lang.Thread.run;io.netty.util.concurrent.SingleThreadEventExecutor.run;dev.stoker.scrape.ScrapeLoop.tick;dev.stoker.scrape.HttpScraper.fetch",
    "java.lang.Thread.run;java.util.concurrent.ThreadPoolExecutor.runWorker;dev.stoker.concurrent.CpuPool.run;dev.stoker.pprof.DeltaComputer.compute;dev.stoker.pprof.Gzip.inflate;java.util.zip.Inflater.inflate",
    "java.lang.Thread.run;java.util.concurrent.ThreadPoolExecutor.runWorker;dev.stoker.concurrent.CpuPool.run;dev.stoker.pprof.DeltaComputer.compute;dev.stoker.pprof.Gzip.deflate;java.util.zip.Deflater.deflate",
    "java.lang.Thread.run;java.util.concurrent.ThreadPoolExecutor.runWorker;dev.stoker.concurrent.CpuPool.run;dev.stoker.store.LocalStore.write;sun.nio.ch.FileChannelImpl.write",
    "java.lang.Thread.run;io.netty.util.concurrent.SingleThreadEventExecutor.run;io.netty.channel.epoll.EpollEventLoop.run;io.netty.channel.epoll.Native.epollWait",
  };

  private StorePageDemo() {}

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[0]);
    boolean empty = args.length > 1 && args[1].equals("empty");
    Path storage = Files.createTempDirectory("stoker-demo");
    Vertx vertx = Vertx.vertx();
    Context context = vertx.getOrCreateContext();
    VertxTimers timers = new VertxTimers(vertx, context);
    CpuPool cpu = new CpuPool(2);
    context.runOnContext(
        ignored -> {
          LocalStore store =
              new LocalStore(
                  new StoreConfig("stoker.store.demo", Duration.ofHours(1), 64L << 20),
                  storage,
                  timers);
          Router router = Router.router(vertx);
          new StoreRoutes(new StoreQueries(() -> List.of(store), cpu), timers).mount(router);
          new StaticPages().mount(router);
          store
              .start()
              .compose(
                  started -> {
                    if (!empty) {
                      fill(store, timers.wallMillis());
                    }
                    return vertx
                        .createHttpServer()
                        .requestHandler(router)
                        .listen(port, "127.0.0.1");
                  })
              .onFailure(
                  failed -> {
                    System.err.println(failed);
                    System.exit(1);
                  });
        });
  }

  private static void fill(LocalStore store, long now) {
    Random random = new Random(7);
    for (int i = 0; i < 40; i++) {
      TestProfiles cpu = new TestProfiles("cpu", "nanoseconds");
      TestProfiles memory = new TestProfiles("alloc_space", "bytes");
      for (String call : CALLS) {
        for (int leaf = 0; leaf < 12; leaf++) {
          String stack =
              call + ";dev.stoker.demo.Step" + leaf % 4 + ".run;java.util.HashMap.get" + leaf;
          cpu.add(stack, (1 + random.nextInt(40)) * 1_000_000L);
          memory.add(stack, random.nextInt(100_000));
        }
      }
      long at = now - i * 15_000L;
      store.append(TestProfiles.of("stoker", "process_cpu", at, cpu.gzipped()));
      store.append(TestProfiles.of("stoker", "memory", at, memory.gzipped()));
      store.append(TestProfiles.of("pull.golang.app", "process_cpu", at, TestProfiles.cpu(5)));
    }
  }
}
