package dev.stoker.app.run;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.oracle.Pprof;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** A Pyroscope that takes everything and remembers it. */
final class PushServer implements AutoCloseable {
  private final MockWebServer server = new MockWebServer();
  private final List<Pushed> pushed = new CopyOnWriteArrayList<>();
  private volatile int status = 200;

  /**
   * push.v1.PushRequest, read without its schema: series 1 → labels 1 (name 1, value 2), samples 2.
   */
  record Pushed(Map<String, String> labels, byte[] body, Map<String, String> headers) {
    Pprof.Profile profile() {
      try {
        return Pprof.Profile.parseFrom(Gzip.inflate(body, 1 << 20));
      } catch (Exception malformed) {
        throw new AssertionError(malformed);
      }
    }

    List<Long> values() {
      return profile().getSample(0).getValueList();
    }
  }

  PushServer() throws Exception {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            if (status == 200) {
              pushed.add(read(request));
            }
            return new MockResponse.Builder()
                .code(status)
                .addHeader("Content-Type", "application/proto")
                .build();
          }
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  void answers(int code) {
    status = code;
  }

  List<Pushed> pushed() {
    return List.copyOf(pushed);
  }

  private static Pushed read(RecordedRequest request) {
    try {
      byte[] bytes = java.util.Objects.requireNonNull(request.getBody()).toByteArray();
      UnknownFieldSet series = message(UnknownFieldSet.parseFrom(bytes), 1);
      Map<String, String> labels = new TreeMap<>();
      for (ByteString pair : series.getField(1).getLengthDelimitedList()) {
        UnknownFieldSet label = UnknownFieldSet.parseFrom(pair);
        labels.put(text(label, 1), text(label, 2));
      }
      byte[] body = message(series, 2).getField(1).getLengthDelimitedList().get(0).toByteArray();
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      request.getHeaders().forEach(header -> headers.put(header.getFirst(), header.getSecond()));
      return new Pushed(labels, body, headers);
    } catch (Exception malformed) {
      throw new AssertionError(malformed);
    }
  }

  private static UnknownFieldSet message(UnknownFieldSet of, int field) throws Exception {
    return UnknownFieldSet.parseFrom(of.getField(field).getLengthDelimitedList().get(0));
  }

  private static String text(UnknownFieldSet of, int field) {
    return of.getField(field).getLengthDelimitedList().get(0).toStringUtf8();
  }

  @Override
  public void close() {
    server.close();
  }
}
