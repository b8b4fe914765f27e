package dev.stoker.pprof.wire;

import dev.stoker.codec.Codecs;
import dev.stoker.codec.GzipDeflater;
import dev.stoker.pprof.Giants;
import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.Inflation;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;

/**
 * Everything that work on a body needs and that is worth using again. There is one for each CPU
 * thread at work, because a daemon subtracts tens of profiles a second. It belongs to one thread at
 * a time and holds the bytes of the last body until the next one comes.
 */
public final class Workspace implements AutoCloseable {
  private static final int LARGE = 4 << 20;

  private final Inflation inflation;
  private final ProfileIndex index = new ProfileIndex();
  private final StackHasher hasher = new StackHasher(index);
  private final SampleReader reader = new SampleReader(hasher);
  private final ProfileWriter writer = new ProfileWriter();
  private final GzipDeflater deflater;
  public int[] slotOf = new int[1024];
  public int[] ownerOf = new int[1024];
  public long[] current = new long[4096];

  public Workspace() {
    this(new Giants(Integer.MAX_VALUE), Codecs.jdk());
  }

  /**
   * @param giants of all workspaces
   * @param codecs by which bodies are inflated and deflated
   */
  public Workspace(Giants giants, Codecs codecs) {
    this.inflation = new Inflation(giants, codecs);
    this.deflater = codecs.deflater();
  }

  /** Ends the work on a body: large arrays are given back. */
  public void done() {
    inflation.done();
  }

  /** Inflates the body where needed, and indexes it. */
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

  public ProfileWriter writer() {
    return writer;
  }

  public byte[] gzip(ByteSink plain) {
    return deflater.gzip(plain.bytes, plain.size);
  }

  /** Makes room for the slots and sums of one profile. */
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

  /** True after work on a huge profile: to keep its arrays would take memory that nobody counts. */
  public boolean isLarge() {
    return inflation.bytes().length > LARGE
        || current.length > LARGE / Long.BYTES
        || slotOf.length > LARGE / Long.BYTES
        || index.isLarge();
  }

  @Override
  public void close() {
    inflation.close();
    deflater.close();
  }
}
