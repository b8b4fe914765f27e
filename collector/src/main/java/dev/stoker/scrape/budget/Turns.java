package dev.stoker.scrape.budget;

import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Whose turn it is: which of many processes are chosen at a moment. A pure function of the
 * processes, the number and the time, so everyone who knows the same processes chooses the same:
 * another component, this one after a restart, another Stoker.
 *
 * <p>The number is shared out to lanes. Each lane in turn takes those that have the highest hash,
 * salted by the lane and its epoch, of what the lanes before it have left (rendezvous hashing). So
 *
 * <ul>
 *   <li>a process more or less changes one choice at most: what it displaces in a lane may displace
 *       one in a later lane, and so on to the last;
 *   <li>a higher number adds to the choice and takes nothing away;
 *   <li>an epoch is as long as a turn, and those of the lanes begin one after the other: at no time
 *       are all exchanged;
 *   <li>in each epoch of a lane each process is as likely as any other.
 * </ul>
 */
public final class Turns {
  /** A power of two: its bits are reversed to spread the lanes that are in use over a turn. */
  static final int LANES = 16;

  private static final int LANE_BITS = 4;
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final long rotateMillis;

  /**
   * @param rotate how long a turn is; zero = for ever
   */
  public Turns(Duration rotate) {
    this.rotateMillis = rotate.toMillis();
  }

  /**
   * @param hashes one of each process, all different; their order does not matter
   * @param number how many are chosen, if there are as many
   * @param nowMillis Unix milliseconds
   * @return indexes into the hashes
   */
  public BitSet choose(long[] hashes, int number, long nowMillis) {
    BitSet chosen = new BitSet(hashes.length);
    if (number >= hashes.length) {
      chosen.set(0, hashes.length);
      return chosen;
    }
    for (int lane = 0; lane < LANES; lane++) {
      int seats = number / LANES + (lane < number % LANES ? 1 : 0);
      if (seats > 0) {
        take(hashes, seats, salt(lane, nowMillis), chosen);
      }
    }
    return chosen;
  }

  /** When another choice may come next, in Unix milliseconds; the end of time when never. */
  public long next(long nowMillis) {
    if (rotateMillis == 0) {
      return Long.MAX_VALUE;
    }
    long next = Long.MAX_VALUE;
    for (int lane = 0; lane < LANES; lane++) {
      long into = Math.floorMod(nowMillis + offset(lane), rotateMillis);
      next = Math.min(next, nowMillis + rotateMillis - into);
    }
    return next;
  }

  private static void take(long[] hashes, int seats, long salt, BitSet chosen) {
    long[] scores = new long[hashes.length - chosen.cardinality()];
    int count = 0;
    for (int i = chosen.nextClearBit(0); i < hashes.length; i = chosen.nextClearBit(i + 1)) {
      scores[count++] = score(hashes[i], salt);
    }
    long lowest = lowest(scores, seats);
    for (int i = chosen.nextClearBit(0); i < hashes.length; i = chosen.nextClearBit(i + 1)) {
      if (score(hashes[i], salt) >= lowest) {
        chosen.set(i);
      }
    }
  }

  /** The lowest score that still has a seat. */
  private static long lowest(long[] scores, int seats) {
    if (seats == 1) {
      return Arrays.stream(scores).max().orElse(Long.MAX_VALUE);
    }
    Arrays.sort(scores);
    return scores[scores.length - seats];
  }

  private long salt(int lane, long nowMillis) {
    long epoch = rotateMillis == 0 ? 0 : Math.floorDiv(nowMillis + offset(lane), rotateMillis);
    return mix(epoch * LANES + lane);
  }

  /** 0, 1/2, 1/4, 3/4, … of a turn: few lanes are spread as evenly as many. */
  private long offset(int lane) {
    int reversed = Integer.reverse(lane) >>> (Integer.SIZE - LANE_BITS);
    return rotateMillis * reversed / LANES;
  }

  /** Different hashes have different scores: both steps can be undone. */
  private static long score(long hash, long salt) {
    return mix(hash ^ salt);
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mix(long value) {
    long mixed = value + GOLDEN;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
