package dev.stoker.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.stoker.pprof.Gzip;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/**
 * What hostile clients make of a body: cut, damaged, blown up, a bomb. A reader has to say a reason
 * or take it, within a time and a memory. Count and seed: <code>-Dstoker.fuzz.cases</code>, <code>
 * -Dstoker.fuzz.seed</code>.
 */
public final class Fuzz {
  private static final int CASES = Integer.getInteger("stoker.fuzz.cases", 300);
  private static final long SEED = Long.getLong("stoker.fuzz.seed", 20261130);
  private static final long MOST_NANOS = 10_000_000_000L;
  private static final int HUGE = 1 << 20;
  private static final byte[] BOMB = Gzip.deflate(new byte[16 << 20], 16 << 20, 6);

  /** Reads a body; how many profiles it had. */
  public interface Reader {
    int read(byte[] body, Random random) throws Exception;
  }

  private final long mostAllocated;
  private int taken;
  private int refused;

  /**
   * @param mostAllocated bytes, for one body
   */
  public Fuzz(long mostAllocated) {
    this.mostAllocated = mostAllocated;
  }

  /** All cases of one format; both answers have to be among them. */
  public void run(String format, byte[] whole, Reader reader) {
    runAnyBytes(format, whole, reader);
    assertThat(refused).as("refused of %s", format).isPositive();
  }

  /** All cases of a format in which almost any bytes are something. */
  public void runAnyBytes(String format, byte[] whole, Reader reader) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    for (int i = 0; i < CASES; i++) {
      Random random = new Random(SEED + i);
      byte[] body = i == 0 ? whole : damaged(whole, random);
      long began = System.nanoTime();
      long before = threads.getThreadAllocatedBytes(thread);
      one(format + ", seed " + (SEED + i), body, random, reader);
      assertThat(threads.getThreadAllocatedBytes(thread) - before)
          .as("bytes allocated for %s, seed %d", format, SEED + i)
          .isLessThan(mostAllocated);
      assertThat(System.nanoTime() - began)
          .as("nanoseconds for %s, seed %d", format, SEED + i)
          .isLessThan(MOST_NANOS);
    }
    System.out.println(
        format
            + (": " + CASES + " cases, seed " + SEED + ", ")
            + (taken + " taken, " + refused + " refused"));
    assertThat(taken).as("taken of %s", format).isPositive();
  }

  private void one(String what, byte[] body, Random random, Reader reader) {
    try {
      taken += reader.read(body, random) > 0 ? 1 : 0;
    } catch (InvalidPush reason) {
      assertThat(reason.getMessage()).as(what).isNotBlank();
      refused++;
    } catch (Exception | StackOverflowError | OutOfMemoryError bug) {
      throw new AssertionError(what, bug);
    }
  }

  /** A body of a client that is broken or hostile. */
  public static byte[] damaged(byte[] whole, Random random) {
    int kind = random.nextInt(100);
    if (kind == 0) {
      return bomb(random);
    }
    if (kind == 1) {
      return huge(whole, random);
    }
    byte[] body =
        kind < 30 && whole.length > 0
            ? Arrays.copyOf(whole, random.nextInt(whole.length))
            : whole.clone();
    for (int edits = random.nextInt(random.nextBoolean() ? 3 : 40); edits > 0; edits--) {
      if (body.length > 0) {
        edit(body, random);
      }
    }
    return body;
  }

  private static void edit(byte[] body, Random random) {
    int at = random.nextInt(body.length);
    switch (random.nextInt(5)) {
      case 0 -> body[at] = (byte) random.nextInt();
      case 1 -> body[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> Arrays.fill(body, at, Math.min(body.length, at + 9), (byte) 0xff);
      case 3 -> {
        int length = Math.min(random.nextInt(64), body.length - at);
        System.arraycopy(body, random.nextInt(body.length - length + 1), body, at, length);
      }
      default -> body[at] = 0;
    }
  }

  /** Some of it again and again. */
  private static byte[] huge(byte[] whole, Random random) {
    byte[] body = Arrays.copyOf(whole, HUGE);
    int from = random.nextInt(whole.length);
    int length = 1 + random.nextInt(whole.length - from);
    for (int at = whole.length; at < HUGE; at += length) {
      System.arraycopy(whole, from, body, at, Math.min(length, HUGE - at));
    }
    return body;
  }

  /** Says its size, or a small one. */
  private static byte[] bomb(Random random) {
    byte[] bomb = BOMB.clone();
    if (random.nextBoolean()) {
      Arrays.fill(bomb, bomb.length - 3, bomb.length, (byte) 0);
    }
    return bomb;
  }
}
