package dev.stoker.scrape.transform;

import dev.stoker.jvm.chunk.JfrChunk;
import dev.stoker.jvm.convert.ChunkPart;
import dev.stoker.jvm.convert.RecordingBody;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which chunks of one target's recordings were counted, and how much of each: an endpoint
 * may answer with the same chunks again, in another order, together with new ones, or grown.
 * Bounded: only the last chunks are remembered. One body at a time.
 */
final class CountedChunks {
  /**
   * Two clocks of the JVM at the begin of a chunk; none begins twice at the same moment of both.
   */
  private record Id(long startNanos, long startTicks) {}

  /** How much of a chunk was there when it was counted. */
  private record Extent(long bytes, long endNanos) {}

  private final Map<Id, Extent> counted =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Id, Extent> eldest) {
          return size() > RecordingBody.MAX_CHUNKS;
        }
      };

  /**
   * A body to be read; nothing is remembered of it before {@link #keep}.
   *
   * @param sinceNanos Unix time: what was recorded before does not count
   */
  Answer answer(long sinceNanos) {
    return new Answer(counted, sinceNanos);
  }

  void keep(Answer accepted) {
    counted.putAll(accepted.chunks);
  }

  /** Decides for one body which parts of it count. */
  static final class Answer implements RecordingBody.Counting {
    private final Map<Id, Extent> before;
    private final long sinceNanos;
    private final Map<Id, Extent> chunks = new LinkedHashMap<>();
    private long lastNanos;
    private int old;
    private int known;

    Answer(Map<Id, Extent> before, long sinceNanos) {
      this.before = before;
      this.sinceNanos = sinceNanos;
    }

    @Override
    public ChunkPart part(JfrChunk.Head chunk) {
      Id id = new Id(chunk.startNanos(), chunk.startTicks());
      long end = chunk.startNanos() + chunk.durationNanos();
      Extent here = chunks.get(id);
      Extent earlier = here == null ? before.get(id) : here;
      boolean isFirst = chunks.isEmpty();
      lastNanos = Math.max(lastNanos, end);
      if (earlier == null || chunk.size() > earlier.bytes()) {
        chunks.put(id, new Extent(chunk.size(), end));
      } else {
        chunks.put(id, earlier);
      }
      return part(chunk, earlier, isFirst);
    }

    private ChunkPart part(JfrChunk.Head chunk, @Nullable Extent earlier, boolean isFirst) {
      if (earlier != null) {
        if (chunk.size() > earlier.bytes()) {
          return new ChunkPart(earlier.bytes(), earlier.endNanos());
        }
        known++;
        return ChunkPart.NONE;
      }
      boolean isOld =
          chunk.durationNanos() > 0 && chunk.startNanos() + chunk.durationNanos() < sinceNanos;
      if (!isOld) {
        return new ChunkPart(0, sinceNanos);
      }
      old++;
      // async-profiler says in its first chunk how it took samples: that one is read all the same.
      return isFirst ? new ChunkPart(0, sinceNanos) : ChunkPart.NONE;
    }

    /** Explains to users why nothing of a body counted. */
    String whyNothing() {
      Instant last = Instant.ofEpochSecond(0, lastNanos).truncatedTo(ChronoUnit.MILLIS);
      if (!chunks.isEmpty() && known == chunks.size()) {
        return "the recording holds nothing new: it ended at "
            + last
            + ", and all of it was counted";
      }
      if (!chunks.isEmpty() && old == chunks.size()) {
        return "the recording ended at "
            + last
            + ", more than an interval before the first scrape, so nothing in it counts; is it an"
            + " old file, or is the clock of the target slow?";
      }
      return "the recording holds no samples, allocations or waits since the last scrape";
    }
  }
}
