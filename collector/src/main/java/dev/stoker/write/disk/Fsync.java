package dev.stoker.write.disk;

/**
 * When what is written is forced to the disk. A killed process loses nothing of what is written in
 * any case; this is about the machine.
 *
 * @param everyMillis 0 = after each batch of writes; less than 0 = never, the system decides
 */
public record Fsync(long everyMillis) {
  public static final Fsync ALWAYS = new Fsync(0);
  public static final Fsync NEVER = new Fsync(-1);
  public static final Fsync DEFAULT = new Fsync(1_000);

  boolean always() {
    return everyMillis == 0;
  }

  boolean never() {
    return everyMillis < 0;
  }
}
