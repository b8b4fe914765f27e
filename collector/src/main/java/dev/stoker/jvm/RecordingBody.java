package dev.stoker.jvm;

import dev.stoker.jfr.JfrChunk;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A recording as an endpoint answers with it: chunks in a row, gzipped or not. */
public final class RecordingBody {
  private static final byte[] MAGIC = {'F', 'L', 'R', 0};

  /** JFR ends a chunk at 12 MB, async-profiler at 100 MB unless told otherwise. */
  private static final int MAX_CHUNK = 128 << 20;

  private static final long MAX_DEFLATE_RATIO = 1_032;
  private static final int SIZE_AT = 8;

  /**
   * What became of a body.
   *
   * @param chunks start times of those that are in the profiles, Unix nanoseconds
   * @param chunksBefore how many were left out because they were known
   */
  public record Result(List<ConvertedProfile> profiles, List<Long> chunks, int chunksBefore) {}

  private RecordingBody() {}

  /** By its first bytes. */
  public static boolean isRecording(byte[] body) {
    if (!Gzip.isGzip(body)) {
      return startsWithMagic(body, body.length);
    }
    byte[] head = new byte[MAGIC.length];
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body), 64)) {
      return startsWithMagic(head, in.readNBytes(head, 0, head.length));
    } catch (IOException corrupt) {
      return false;
    }
  }

  private static boolean startsWithMagic(byte[] bytes, int length) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (i >= length || bytes[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * @param maxInflated bytes of the recording, 0 = no limit
   * @param wanted chunks by their start
   * @param nowNanos Unix time
   * @throws MalformedProfileException what is wrong with it
   */
  public static Result convert(
      byte[] body,
      long maxInflated,
      JfrChunk.Filter wanted,
      RecordingOptions options,
      long nowNanos)
      throws MalformedProfileException {
    return convert(body, maxInflated, wanted, new RecordingConverter(options), nowNanos);
  }

  /**
   * As the other; what the JVM's recordings have in common is in the converter.
   *
   * @param converter a new one
   */
  public static Result convert(
      byte[] body,
      long maxInflated,
      JfrChunk.Filter wanted,
      RecordingConverter converter,
      long nowNanos)
      throws MalformedProfileException {
    if (!Gzip.isGzip(body)) {
      checkWhole(body);
    }
    List<Long> chunks = new ArrayList<>();
    int[] before = new int[1];
    try (InputStream in = LimitedInput.open(body, maxInflated)) {
      JfrChunk.forEach(
          in,
          (int) Math.min(MAX_CHUNK, body.length * MAX_DEFLATE_RATIO),
          start -> {
            boolean take = wanted.wanted(start);
            before[0] += take ? 0 : 1;
            return take;
          },
          chunk -> {
            converter.add(chunk.bytes());
            chunks.add(chunk.startNanos());
          });
    } catch (EOFException cut) {
      throw cut(chunks.size() + before[0]);
    } catch (IOException damaged) {
      throw new MalformedProfileException(String.valueOf(damaged.getMessage()));
    }
    return new Result(converter.finish(nowNanos), chunks, before[0]);
  }

  /** What a header claims is not to be allocated before it is there. */
  private static void checkWhole(byte[] body) throws MalformedProfileException {
    ByteBuffer bytes = ByteBuffer.wrap(body);
    int chunks = 0;
    for (long at = 0; at < body.length; chunks++) {
      long rest = body.length - at;
      long size = rest < SIZE_AT + Long.BYTES ? Long.MAX_VALUE : bytes.getLong((int) at + SIZE_AT);
      if (size > rest) {
        throw cut(chunks);
      }
      if (size <= 0) {
        return; // the reader says what is wrong with it
      }
      at += size;
    }
  }

  private static MalformedProfileException cut(int chunks) {
    return new MalformedProfileException(
        "the JFR recording is cut after "
            + chunks
            + " whole chunks; the target or a proxy ended the answer early");
  }
}
