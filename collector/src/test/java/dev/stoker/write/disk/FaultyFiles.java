package dev.stoker.write.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** A disk that runs full in the middle of a write, or takes no writes at all. */
public final class FaultyFiles implements DiskFiles {
  /** Bytes that may still be written. */
  public long room = Long.MAX_VALUE;

  public boolean readOnly;
  public long free = Long.MAX_VALUE;

  /** So many reads later one ends with an Error; negative = never. */
  public int readsUntilError = -1;

  public long reads;

  @Override
  public FileChannel open(Path path, OpenOption... options) throws IOException {
    boolean writes = List.of(options).contains(StandardOpenOption.WRITE);
    if (readOnly && writes) {
      throw new IOException(path + ": Read-only file system");
    }
    return new Channel(FileChannel.open(path, options));
  }

  @Override
  public long usableSpace(Path folder) {
    return free;
  }

  private final class Channel extends FileChannel {
    private final FileChannel real;

    Channel(FileChannel real) {
      this.real = real;
    }

    private int limited(ByteBuffer from, Write write) throws IOException {
      if (readOnly) {
        throw new IOException("Read-only file system");
      }
      if (room == 0) {
        throw new IOException("No space left on device");
      }
      int limit = from.limit();
      from.limit((int) Math.min(limit, from.position() + room));
      int n = write.of(from);
      from.limit(limit);
      room -= n;
      return n;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
      return limited(from, real::write);
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      return limited(from, bytes -> real.write(bytes, position));
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      if (readOnly) {
        throw new IOException("Read-only file system");
      }
      real.truncate(size);
      return this;
    }

    private void mayFail() {
      reads++;
      if (readsUntilError >= 0 && readsUntilError-- == 0) {
        throw new InternalError("a fault occurred in an unsafe memory access operation");
      }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      mayFail();
      return real.read(into);
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
      return real.read(into, offset, length);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      mayFail();
      return real.read(into, position);
    }

    @Override
    public long position() throws IOException {
      return real.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      real.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return real.size();
    }

    @Override
    public void force(boolean metaData) throws IOException {
      real.force(metaData);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel from, long position, long count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
      throw new ReadOnlyFileSystemException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
      throw new ReadOnlyFileSystemException();
    }

    @Override
    protected void implCloseChannel() throws IOException {
      real.close();
    }
  }

  private interface Write {
    int of(ByteBuffer bytes) throws IOException;
  }
}
