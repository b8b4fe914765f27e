package dev.stoker.codec;

import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** libdeflate (MIT): about half of zlib's time. It works on the caller's arrays themselves. */
final class LibdeflateInflater implements WholeInflater {
  private static final int SUCCESS = 0;

  /**
   * The garbage collector waits for a call that works on arrays; so it is not used for more than
   * what takes a few milliseconds.
   */
  private static final int MOST = 4 << 20;

  private final Functions functions;
  private final long decompressor;
  private final ByteBuffer sizes;
  private final long sizesAt;

  /** Of the library; linked once. */
  record Functions(MethodHandle allocate, MethodHandle free, MethodHandle inflate) {
    static Functions link() throws ReflectiveOperationException {
      ForeignFunctions library = ForeignFunctions.open("libdeflate.so.0");
      return new Functions(
          library.function("libdeflate_alloc_decompressor", long.class),
          library.function("libdeflate_free_decompressor", void.class, long.class),
          library.function(
              "libdeflate_deflate_decompress_ex",
              int.class,
              long.class,
              byte[].class,
              long.class,
              byte[].class,
              long.class,
              long.class,
              long.class));
    }
  }

  LibdeflateInflater(Functions functions) throws ReflectiveOperationException {
    this.functions = functions;
    this.sizes = ByteBuffer.allocateDirect(2 * Long.BYTES).order(ByteOrder.nativeOrder());
    this.sizesAt = ForeignFunctions.address(sizes);
    try {
      this.decompressor = (long) functions.allocate.invokeExact();
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
    if (decompressor == 0) {
      throw new OutOfMemoryError("libdeflate had no memory for a decompressor");
    }
  }

  @Override
  public int inflate(byte[] in, int from, byte[] out, int at, int limit) {
    int room = limit - at;
    if (room > MOST || in.length - from > MOST) {
      return UNFINISHED;
    }
    try {
      int result =
          (int)
              functions.inflate.invokeExact(
                  decompressor,
                  in,
                  (long) from,
                  (long) (in.length - from),
                  out,
                  (long) at,
                  (long) room,
                  sizesAt,
                  sizesAt + Long.BYTES);
      return result == SUCCESS ? (int) sizes.getLong(Long.BYTES) : UNFINISHED;
    } catch (RuntimeException | Error broken) {
      throw broken;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible); // a function of C throws nothing
    }
  }

  @Override
  public int consumed() {
    return (int) sizes.getLong(0);
  }

  @Override
  public void close() {
    try {
      functions.free.invokeExact(decompressor);
    } catch (RuntimeException | Error broken) {
      throw broken;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
