package dev.stoker.jvm.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.stoker.jvm.profile.BoundedStacks;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.jvm.profile.LimitedInput;
import dev.stoker.jvm.profile.Locations;
import dev.stoker.jvm.stack.Stack;
import dev.stoker.jvm.stack.StackValues;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Thread dumps as JSON, taken one after the other, become one wall clock profile: each thread of
 * each dump counts for the time until the next dump. The state of the thread is the pprof label
 * <code>thread_state</code>. The JVM makes a dump at a safepoint, so code between safepoints is
 * seen at the next one. Not thread-safe; for one window.
 */
public final class ThreadDumps {
  public static final String STATE_LABEL = "thread_state";

  /** Bound on the characters of all different names in one window. */
  public static final long MAX_CHARACTERS = BoundedStacks.MAX_CHARACTERS;

  private static final String NAME = "wall";
  private static final ValueType NANOSECONDS = new ValueType("wall", "nanoseconds");

  private final boolean threadNames;
  private final JsonFactory json =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxStringLength(64 << 10)
                  .maxNameLength(1 << 10)
                  .maxNumberLength(64)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();
  private final BoundedStacks stacks = new BoundedStacks();
  private final Map<State, StackValues> values = new EnumMap<>(State.class);
  private int dumps;

  /** {@link Thread.State}, and what is none. */
  enum State {
    NEW,
    RUNNABLE,
    BLOCKED,
    WAITING,
    TIMED_WAITING,
    TERMINATED,
    UNKNOWN;

    static State of(String name) {
      for (State state : values()) {
        if (state.name().equalsIgnoreCase(name)) {
          return state;
        }
      }
      return UNKNOWN;
    }
  }

  /** A thread as a dump has it. */
  record Sampled(State state, Stack stack) {}

  /**
   * @param threadNames a frame with the thread's name at the root of each stack
   */
  public ThreadDumps(boolean threadNames) {
    this.threadNames = threadNames;
  }

  /**
   * A dump that is malformed changes nothing.
   *
   * @param body JSON, gzipped or not
   * @param maxInflated bytes, 0 = no limit
   * @param nanos what a thread in it counts for
   * @return threads counted: those with a Java stack but the one that makes the dump
   * @throws MalformedProfileException what is wrong with it
   */
  public int add(byte[] body, long maxInflated, long nanos) throws MalformedProfileException {
    if (body.length > 0 && body[0] == '<') {
      throw new MalformedProfileException(
          "HTML instead of a JSON thread dump, such as a login page: the target wants credentials,"
              + " or another path");
    }
    List<Sampled> threads = new ArrayList<>();
    try (InputStream in = LimitedInput.open(body, maxInflated);
        JsonParser parser = json.createParser(in)) {
      new ThreadDumpReader(parser, threadNames, stacks).read(threads);
    } catch (JsonProcessingException malformed) {
      throw new MalformedProfileException(reason(malformed));
    } catch (EOFException cut) {
      throw new MalformedProfileException(
          "the gzipped thread dump is cut; the target or a proxy ended the answer early");
    } catch (IOException damaged) {
      throw new MalformedProfileException(String.valueOf(damaged.getMessage()));
    }
    for (Sampled thread : threads) {
      values
          .computeIfAbsent(thread.state(), ignored -> new StackValues())
          .add(thread.stack(), 1, nanos);
    }
    dumps++;
    return threads.size();
  }

  private static String reason(JsonProcessingException malformed) {
    JsonLocation at = malformed.getLocation();
    return "no well-formed JSON thread dump: "
        + TextLines.preview(malformed.getOriginalMessage())
        + (at == null ? "" : " at byte " + at.getByteOffset());
  }

  /** Threads whose stack stands in the profile as one over the limit, of all dumps. */
  public long over() {
    return stacks.over();
  }

  /** About what the dumps so far take of the heap. */
  public long bytes() {
    return stacks.bytes();
  }

  /** How many were added. */
  public int dumps() {
    return dumps;
  }

  /**
   * @param timeNanos start of the window, Unix time
   * @param periodNanos from dump to dump
   */
  public ConvertedProfile finish(long timeNanos, long durationNanos, long periodNanos) {
    PprofWriter writer =
        new PprofWriter(List.of(NANOSECONDS), NANOSECONDS, periodNanos, NANOSECONDS.type());
    Locations locations = new Locations(writer);
    values.forEach(
        (state, stackValues) ->
            stackValues.forEach(
                (stack, value) ->
                    writer.sample(
                        locations.of(stack), List.of(STATE_LABEL, state.name()), value.sum())));
    return new ConvertedProfile(NAME, writer.finish(timeNanos, durationNanos));
  }
}
