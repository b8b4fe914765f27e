package dev.stoker.scrape.source.jolokia;

import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.source.CallFailed;
import dev.stoker.scrape.source.TargetCalls.Answer;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the clone of a recording block by block, from where the last scrape has ended. For one
 * scrape; on the control context.
 */
final class CloneReader {
  /** Bound on empty blocks in a row. The JDK sends none: it says that it is at the end. */
  private static final int MAX_EMPTY_BLOCKS = 3;

  /** Bytes that are asked for at once. */
  private static final int BLOCK = 1_000_000;

  private final RecorderCalls calls;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private long openStream = -1;
  private int emptyBlocks;

  CloneReader(RecorderCalls calls) {
    this.calls = calls;
  }

  /** The requests that close the clone, and its stream if one is open. */
  List<JsonObject> closing(long clone) {
    JsonObject recording = FlightRecorderBean.exec("closeRecording", clone);
    return openStream < 0
        ? List.of(recording)
        : List.of(FlightRecorderBean.exec("closeStream", openStream), recording);
  }

  /**
   * @param fromMillis by the target's clock; 0 = from the start
   * @return the recording, which holds at least a byte
   */
  Future<byte[]> read(long clone, long fromMillis) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("blockSize", Integer.toString(BLOCK));
    if (fromMillis > 0) {
      options.put("startTime", Long.toString(fromMillis));
    }
    return calls
        .values(
            "opening the recording",
            FlightRecorderBean.exec("openStream", clone, FlightRecorderBean.map(options)))
        .compose(
            values -> {
              try {
                return blocks(FlightRecorderBean.number(values.get(0)));
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
            })
        .compose(
            ignored ->
                body.size() > 0
                    ? Future.succeededFuture(body.toByteArray())
                    : Future.failedFuture(
                        new CallFailed(Outcome.MALFORMED, "the recording holds nothing new")));
  }

  private Future<Void> blocks(long stream) {
    openStream = stream;
    int before = body.size();
    BlockDecoder decoder = new BlockDecoder(body, BLOCK, calls.target().plan().maxBodySize());
    return calls.stream(
            "reading the recording", FlightRecorderBean.exec("readStream", stream), decoder)
        .compose(
            head -> {
              try {
                block(head, decoder, before);
              } catch (CallFailed failed) {
                return Future.failedFuture(failed);
              }
              return decoder.isLast() ? Future.succeededFuture() : blocks(stream);
            });
  }

  private void block(Answer head, BlockDecoder decoder, int before) throws CallFailed {
    FlightRecorderBean.checkHttp(head);
    decoder.finish();
    emptyBlocks = body.size() > before || decoder.isLast() ? 0 : emptyBlocks + 1;
    if (emptyBlocks > MAX_EMPTY_BLOCKS) {
      throw new CallFailed(
          Outcome.MALFORMED,
          "Jolokia answers with empty blocks and never says that the recording ends; look"
              + " at what serves or proxies it");
    }
  }
}
