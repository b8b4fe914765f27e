package dev.stoker.pprof;

import dev.stoker.pprof.build.ByteSink;
import java.util.zip.Deflater;

/**
 * Everything that working on a body needs and that is worth using again: one per CPU thread at
 * work, because a daemon subtracts tens of profiles a second. Owned by one thread at a time. Holds
 * the last body's bytes until the next.
 */
public final class Workspace implements AutoCloseable {
  private final Inflation inflation = new Inflation();
  private final ProfileIndex index = new ProfileIndex();
  private final StackHasher hasher = new StackHasher(index);
  private final SampleReader reader = new SampleReader(hasher);
  private final DeltaWriter writer = new DeltaWriter();
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  int[] slotOf = new int[1024];
  int[] ownerOf = new int[1024];
  long[] current = new long[4096];

  /** Inflates where needed, and indexes. */
  ProfileIndex index(byte[] body, long maxInflated) throws MalformedProfileException {
    if (Gzip.isGzip(body)) {
      inflation.inflate(body, maxInflated);
      index.read(inflation.bytes(), inflation.length());
    } else {
      index.read(body, body.length);
    }
    return index;
  }

  /** A gzipped error page is still an error page: names it. */
  void textInsideGzip() throws MalformedProfileException {
    int size = Math.min(inflation.length(), 512);
    if (size > 0) {
      BodyCheck.textInstead(java.util.Arrays.copyOf(inflation.bytes(), size));
    }
  }

  StackHasher hasher() {
    return hasher;
  }

  SampleReader reader() {
    return reader;
  }

  DeltaWriter writer() {
    return writer;
  }

  byte[] gzip(ByteSink plain) {
    return Gzip.deflate(plain.bytes, plain.size, deflater);
  }

  /** Room for one profile's slots and sums. */
  void room(int samples, int slots, int types) {
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

  @Override
  public void close() {
    inflation.close();
    deflater.end();
  }
}
