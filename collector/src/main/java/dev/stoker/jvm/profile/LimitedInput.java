package dev.stoker.jvm.profile;

import dev.stoker.pprof.Gzip;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** An input that fails once more than a number of bytes have been read. */
public final class LimitedInput extends FilterInputStream {
  private final long limit;
  private long read;

  /**
   * @param limit 0 = none
   */
  LimitedInput(InputStream in, long limit) {
    super(in);
    this.limit = limit;
  }

  /**
   * Opens the content of a body; a gzipped one is inflated as it is read.
   *
   * @param maxInflated bytes, 0 = no limit; a body that is not gzipped has had its own
   */
  public static InputStream open(byte[] body, long maxInflated) throws IOException {
    InputStream plain = new ByteArrayInputStream(body);
    return Gzip.isGzip(body)
        ? new LimitedInput(new GZIPInputStream(plain, 16 << 10), maxInflated)
        : plain;
  }

  @Override
  public int read() throws IOException {
    int b = super.read();
    count(b < 0 ? 0 : 1);
    return b;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int n = super.read(into, from, length);
    count(Math.max(0, n));
    return n;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long n = super.skip(bytes);
    count(n);
    return n;
  }

  private void count(long bytes) throws IOException {
    read += bytes;
    if (limit > 0 && read > limit) {
      throw new IOException(
          "the inflated body is larger than max_inflated_size ("
              + limit
              + " bytes); raise max_inflated_size if the target is to be trusted");
    }
  }
}
