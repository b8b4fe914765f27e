package dev.stoker.otlp.decode;

/**
 * What the work on one request may take. Its profiles share a dictionary: some bytes of a profile
 * name whatever is there, and each profile gets its own copy. So what is read of the dictionary and
 * what is written have a bound, together for all profiles. For one request, on one thread.
 */
final class Budget {
  /** Entries of a dictionary are small; this is for those that are read often. */
  private static final int READS = 8;

  private final long mostWritten;
  private final long mostRead;
  private long written;
  private long read;

  /**
   * @param bytes that all profiles of the request may have
   */
  Budget(long bytes) {
    this.mostWritten = bytes;
    this.mostRead = READS * bytes;
  }

  long most() {
    return mostWritten;
  }

  /** An entry of the dictionary with so many bytes is read. */
  void read(int bytes) throws OutOfRoomException {
    read += bytes + 1;
    if (read > mostRead) {
      throw new OutOfRoomException();
    }
  }

  /** The profile at work has so many bytes by now, or is about to have them. */
  void check(long bytes) throws OutOfRoomException {
    if (written + bytes > mostWritten) {
      throw new OutOfRoomException();
    }
  }

  /** The profile at work has ended with so many bytes, well or not. */
  void wrote(long bytes) {
    written += bytes;
  }

  /** So many bytes are about to be kept beside the profiles, such as labels. */
  void keep(long bytes) throws OutOfRoomException {
    check(bytes);
    wrote(bytes);
  }
}
