package dev.stoker.jvm.convert;

import dev.stoker.jvm.chunk.JfrChunk;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.jvm.profile.LimitedInput;
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

/** Reads a recording as an endpoint answers with it: chunks in a row, gzipped or not. */
public final class RecordingBody {
  private static final byte[] MAGIC = {'F', 'L', 'R', 0};

  /** JFR ends a chunk at 12 MB, async-profiler at 100 MB unless told otherwise. */
  private static final int MAX_CHUNK = 128 << 20;

  /**
   * Bound on the chunks that are remembered of a recording; a day with a chunk every 15 s has
   * 5,760.
   */
  public static final int MAX_CHUNKS = 10_000;

  private static final long MAX_DEFLATE_RATIO = 1_032;
  private static final int SIZE_AT = 8;

  /**
   * The result of reading a body.
   *
   * @param chunks start times of those that are in the profiles, Unix nanoseconds
   * @param chunksBefore how many were left out because they were known
   * @param estimatedPeriod the recording did not say how often its samples were taken
   * @param event what async-profiler was told to sample; "" = not said
   */
  public record Result(
      List<ConvertedProfile> profiles,
      List<Long> chunks,
      int chunksBefore,
      boolean estimatedPeriod,
      String event) {}

  /** Decides for each chunk, before it is read, which part of it counts. */
  @FunctionalInterface
  public interface Counting {
    /**
     * @return {@link ChunkPart#NONE} = the chunk is left out unread
     * @throws IOException the recording is refused
     */
    ChunkPart part(JfrChunk.Head chunk) throws IOException;
  }

  private RecordingBody() {}

  /** Recognises a recording by its first bytes. */
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
    return convert(
        body,
        maxInflated,
        chunk -> wanted.wanted(chunk) ? ChunkPart.ALL : ChunkPart.NONE,
        new RecordingConverter(options),
        nowNanos);
  }

  /**
   * Reads a body with a converter that knows the recordings of this JVM before.
   *
   * @param converter a new one
   */
  public static Result convert(
      byte[] body, long maxInflated, Counting counting, RecordingConverter converter, long nowNanos)
      throws MalformedProfileException {
    if (!Gzip.isGzip(body)) {
      checkWhole(body);
    }
    Reading reading = new Reading(counting, converter);
    try (InputStream in = LimitedInput.open(body, maxInflated)) {
      JfrChunk.forEach(
          in, (int) Math.min(MAX_CHUNK, body.length * MAX_DEFLATE_RATIO), reading, reading::add);
    } catch (EOFException cut) {
      throw cut(reading.chunks.size() + reading.before);
    } catch (IOException damaged) {
      throw new MalformedProfileException(String.valueOf(damaged.getMessage()));
    }
    List<ConvertedProfile> profiles = converter.finish(nowNanos);
    return new Result(
        profiles,
        reading.chunks,
        reading.before,
        converter.hasEstimatedPeriod(),
        converter.event());
  }

  /** One pass over the chunks of a body. */
  private static final class Reading implements JfrChunk.Filter {
    private final Counting counting;
    private final RecordingConverter converter;
    private final List<Long> chunks = new ArrayList<>();
    private ChunkPart part = ChunkPart.ALL;
    private int before;

    Reading(Counting counting, RecordingConverter converter) {
      this.counting = counting;
      this.converter = converter;
    }

    @Override
    public boolean wanted(long startNanos) {
      throw new IllegalStateException("asked by the whole head only");
    }

    @Override
    public boolean wanted(JfrChunk.Head head) throws IOException {
      if (before + chunks.size() >= MAX_CHUNKS) {
        throw new IOException(
            "the recording has more than "
                + MAX_CHUNKS
                + " chunks; let the target answer with a younger part of it");
      }
      part = counting.part(head);
      boolean wanted = !part.equals(ChunkPart.NONE);
      before += wanted ? 0 : 1;
      return wanted;
    }

    void add(JfrChunk chunk) throws IOException {
      converter.add(chunk.bytes(), part);
      chunks.add(chunk.startNanos());
    }
  }

  /** Reads a chunk without allocating what its header claims before the bytes are there. */
  private static void checkWhole(byte[] body) throws MalformedProfileException {
    ByteBuffer bytes = ByteBuffer.wrap(body);
    int chunks = 0;
    for (long at = 0; at < body.length; chunks++) {
      long rest = body.length - at;
      try {
        if (rest >= SIZE_AT) {
          JfrChunk.checkVersion(bytes.duplicate().position((int) at));
        }
      } catch (IOException other) {
        throw new MalformedProfileException(String.valueOf(other.getMessage()));
      }
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
