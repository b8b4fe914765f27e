package dev.stoker.pprof.wire;

import dev.stoker.pprof.Giants;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.Inflation;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import java.util.zip.Deflater;

/**
 * Everything that working on a body needs and that is worth using again: one per CPU thread at
 * work, because a daemon subtracts tens of profiles a second. Owned by one thread at a time. Holds
 * the last body's bytes until the next.
 */
public final class Workspace implements AutoCloseable {
  private static final int LARGE = 4 << 20;

  private final Inflation inflation;
  private final ProfileIndex index = new ProfileIndex();
  private final StackHasher hasher = new StackHasher(index);
  private final SampleReader reader = new SampleReader(hasher);
  private final DeltaWriter writer = new DeltaWriter();
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  public int[] slotOf = new int[1024];
  public int[] ownerOf = new int[1024];
  public long[] current = new long[4096];

  public Workspace() {
    this(new Giants(Integer.MAX_VALUE));
  }

  /**
   * @param giants of all workspaces
   */
  public Workspace(Giants giants) {
    this.inflation = new Inflation(giants);
  }

  /** The work is done: what was large is given back. */
  public void done() {
    inflation.done();
  }

  /** Inflates where needed, and indexes. */
  public ProfileIndex index(byte[] body, long maxInflated) throws MalformedProfileException {
    if (Gzip.isGzip(body)) {
      inflation.inflate(body, maxInflated);
      index.read(inflation.bytes(), inflation.length());
    } else {
      index.read(body, body.length);
    }
    return index;
  }

  /** Beginning of the last gzip body's content, as far as it could be inflated; a copy. */
  public byte[] inflatedHead() {
    return java.util.Arrays.copyOf(inflation.bytes(), Math.min(inflation.length(), 512));
  }

  public StackHasher hasher() {
    return hasher;
  }

  public SampleReader reader() {
    return reader;
  }

  public DeltaWriter writer() {
    return writer;
  }

  public byte[] gzip(ByteSink plain) {
    return Gzip.deflate(plain.bytes, plain.size, deflater);
  }

  /** Room for one profile's slots and sums. */
  public void room(int samples, int slots, int types) {
    if (slotOf.length < samples) {
      slotOf = new int[samples + samples / 2];
    }
    if (ownerOf.length < slots) {
      ownerOf = new int[slots + slots / 2];
    }
    if (current.length < slots * types) {
      current = new long[slots * types + slots];
    }
  }

  /** A giant was worked on: to keep its arrays would take memory that nobody counts. */
  public boolean isLarge() {
    return inflation.bytes().length > LARGE
        || current.length > LARGE / Long.BYTES
        || slotOf.length > LARGE / Long.BYTES
        || index.isLarge();
  }

  @Override
  public void close() {
    inflation.close();
    deflater.end();
  }
}
