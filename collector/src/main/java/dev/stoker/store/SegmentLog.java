package dev.stoker.store;

import dev.stoker.store.StoredRecord.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a store and their index. Writer thread only: it owns both, so there is no lock.
 * Bounds hold at every moment: room is made before a record is written.
 */
final class SegmentLog {
  private static final int SEGMENTS = 16;
  static final long MAX_SEGMENT = 32L << 20;

  private StoreConfig config;
  private final StoreFolder folder;
  private final StoreCounters counters;
  private final Deque<Segment> segments = new ArrayDeque<>();
  private final Map<Series, Series> series = new HashMap<>();
  private final StoreFindings findings = new StoreFindings();
  private @Nullable Segment current;
  private long bytes;

  SegmentLog(StoreConfig config, StoreFolder folder, StoreCounters counters) {
    this.config = config;
    this.folder = folder;
    this.counters = counters;
  }

  void open(long nowMillis) throws IOException {
    folder.open();
    try {
      for (Path path : folder.segments(findings)) {
        open(path);
      }
      expire(nowMillis);
      shrink(0);
    } catch (IOException | RuntimeException failed) {
      folder.close();
      throw failed;
    }
  }

  private void open(Path path) throws IOException {
    Segment segment = Segment.open(path, this::share);
    if (segments.stream().anyMatch(segment::sameAs)) {
      findings.remark(path.getFileName() + " is left alone: it is a copy of another segment");
      return;
    }
    if (segment.lost() > 0) {
      counters.add(StoreCounters.Reason.TORN, segment.lost());
      findings.lost(segment.lost());
      findings.remark(path.getFileName() + " is damaged");
    }
    segments.add(segment);
    bytes += segment.size();
  }

  /** What was wrong at the start. */
  StoreFindings findings() {
    return findings;
  }

  /** Other bounds; what is past them goes at once. */
  void bounds(StoreConfig next, long nowMillis) throws IOException {
    config = next;
    expire(nowMillis);
    shrink(0);
  }

  /** Writes one record; on failure nothing is indexed. */
  void append(Series of, long atMillis, byte[] body) throws IOException {
    byte[] head = StoredRecord.head(of.labels(), atMillis);
    long need = Segment.recordSize(head, body) + Segment.HEADER.length;
    Segment target = current;
    if (target != null && !(target.writable() && target.exists())) {
      recover();
      target = null;
    }
    if (target == null || full(target, need, atMillis)) {
      closeCurrent();
      shrink(need);
      target = create();
    }
    shrink(need);
    target.append(share(of), atMillis, head, body);
    bytes += need - Segment.HEADER.length;
    counters.size(bytes);
  }

  private boolean full(Segment segment, long need, long atMillis) {
    long span = Math.max(1, config.retention().toMillis() / SEGMENTS);
    return !segment.records().isEmpty()
        && (segment.size() + need > segmentSize() || atMillis - segment.oldestMillis() >= span);
  }

  private long segmentSize() {
    return Math.min(MAX_SEGMENT, config.maxSize() / SEGMENTS);
  }

  private Segment create() throws IOException {
    folder.ensure();
    Segment made = Segment.create(folder.path(), folder.nextNumber());
    current = made;
    segments.add(made);
    bytes += made.size();
    return made;
  }

  /** Somebody deleted files under us: forget what is gone, go on in a new segment. */
  private void recover() throws IOException {
    closeCurrent();
    segments.removeIf(
        segment -> {
          boolean gone = !segment.exists();
          if (gone) {
            forget(segment);
          }
          return gone;
        });
  }

  /** Deletes the oldest segments until <code>need</code> more bytes fit. */
  private void shrink(long need) throws IOException {
    while (bytes + need > config.maxSize()
        && !segments.isEmpty()
        && segments.getFirst() != current) {
      delete(segments.removeFirst());
    }
    counters.size(bytes);
  }

  /** Deletes segments whose newest profile is past the retention. */
  void expire(long nowMillis) throws IOException {
    long limit = nowMillis - config.retention().toMillis();
    Segment open = current;
    if (open != null && !open.records().isEmpty() && open.newestMillis() < limit) {
      closeCurrent();
    }
    while (!segments.isEmpty()
        && segments.getFirst() != current
        && segments.getFirst().newestMillis() < limit) {
      delete(segments.removeFirst());
    }
    counters.size(bytes);
  }

  private void delete(Segment segment) throws IOException {
    forget(segment);
    Files.deleteIfExists(segment.path());
  }

  private void forget(Segment segment) {
    bytes -= segment.size();
    counters.removed(segment.records().size());
    if (segments.isEmpty()) {
      series.clear();
    }
  }

  private Series share(Series of) {
    Series known = series.putIfAbsent(of, of);
    return known == null ? of : known;
  }

  /** Oldest segment first. */
  void forEach(Consumer<StoredRecord> action) {
    for (Segment segment : segments) {
      segment.records().forEach(action);
    }
  }

  private void closeCurrent() throws IOException {
    Segment open = current;
    current = null;
    if (open != null) {
      open.close();
    }
  }

  void close() throws IOException {
    try {
      closeCurrent();
    } finally {
      folder.close();
    }
  }
}
