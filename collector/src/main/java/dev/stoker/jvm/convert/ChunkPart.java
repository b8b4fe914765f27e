package dev.stoker.jvm.convert;

/**
 * Tells which events of a chunk count.
 *
 * @param fromByte where in the chunk they begin: what stands before was counted already
 * @param fromNanos Unix time: when {@code fromByte} is 0, events that ended before it do not count;
 *     else the time of what comes behind that byte
 */
public record ChunkPart(long fromByte, long fromNanos) {
  public static final ChunkPart ALL = new ChunkPart(0, Long.MIN_VALUE);
  public static final ChunkPart NONE = new ChunkPart(Long.MAX_VALUE, Long.MIN_VALUE);

  boolean holds(int position, long endNanos) {
    return position >= fromByte && (fromByte > 0 || endNanos >= fromNanos);
  }
}
