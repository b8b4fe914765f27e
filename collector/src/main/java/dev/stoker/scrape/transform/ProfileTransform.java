package dev.stoker.scrape.transform;

import dev.stoker.pprof.check.Mend;
import dev.stoker.scrape.target.Target;
import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a fetched body into what is sent; one per loop, may keep state. Called on the control
 * context, one body at a time: every {@link #apply} that yields something is followed by one {@link
 * #settle} before the next.
 */
public interface ProfileTransform {
  /**
   * @param target as it is now: labels may have changed since the loop was made
   * @param body as it came; not changed
   * @return fails with {@link dev.stoker.pprof.MalformedProfileException} when the body is no
   *     profile, state untouched
   */
  Future<Transformed> apply(Target target, byte[] body, long scrapedAtMillis);

  /**
   * @param accepted false = nobody took it: the baseline must not move
   */
  void settle(boolean accepted);

  /** The corrections that the last body needed before it went on. */
  default Set<Mend> mends() {
    return Set.of();
  }

  /** Details about the last bodies that users should see. */
  default TargetDetail detail() {
    return TargetDetail.NONE;
  }

  /** The fetch failed; the next body deserves a closer look. */
  void failed();

  /** A server refuses what this loop brings; the next body deserves a closer look. */
  default void refused() {}

  /** Scrapes were left out: what was counted meanwhile must not be in the next profile. */
  default void interrupted() {}

  /** The target's turn ends: what it counts until its next one belongs to no profile. */
  default void turnEnds() {}

  /** The loop has ended; nothing else is called any more. */
  void close();

  /**
   * @param parts nothing = nothing to send (an empty delta)
   * @param reset the target's process was seen to have restarted
   * @param gap a stretch before this profile is in no delta; to be counted when it is accepted
   */
  record Transformed(List<NamedBody> parts, boolean reset, boolean gap) {
    public Transformed {
      parts = List.copyOf(parts);
    }

    /** One profile under the target's own name. */
    public static Transformed of(byte @Nullable [] body, boolean reset, boolean gap) {
      return new Transformed(
          body == null ? List.of() : List.of(new NamedBody(null, body)), reset, gap);
    }

    /** The result for a profile that is no delta. */
    public static Transformed whole(byte @Nullable [] body) {
      return of(body, false, false);
    }
  }
}
