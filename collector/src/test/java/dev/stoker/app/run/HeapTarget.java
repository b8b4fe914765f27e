package dev.stoker.app.run;

import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;

/** A Go service whose heap profile has one allocation more at each scrape. */
public final class HeapTarget implements AutoCloseable {
  private static final List<ValueType> HEAP =
      List.of(
          new ValueType("alloc_objects", "count"),
          new ValueType("alloc_space", "bytes"),
          new ValueType("inuse_objects", "count"),
          new ValueType("inuse_space", "bytes"));

  private final MockWebServer server = new MockWebServer();
  private final AtomicLong scrapes = new AtomicLong();

  public HeapTarget() throws Exception {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            Buffer body = new Buffer().write(heap(scrapes.incrementAndGet()));
            return new MockResponse.Builder().body(body).build();
          }
        });
    server.start();
  }

  public String address() {
    return "127.0.0.1:" + server.getPort();
  }

  /** Scrapes so far = objects allocated so far. */
  long scrapes() {
    return scrapes.get();
  }

  static byte[] heap(long n) {
    PprofWriter writer = new PprofWriter(HEAP, new ValueType("space", "bytes"), 1, "alloc_space");
    writer.sample(new int[] {writer.location("main.leaf", "main.go", 3)}, n, n * 100, 7, 700);
    return writer.finish(1_800_000_000_000_000_000L + n, 0);
  }

  @Override
  public void close() {
    server.close();
  }
}
