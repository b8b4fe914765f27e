package dev.stoker.jvm.convert;

import dev.stoker.jvm.chunk.PendingStacks;
import dev.stoker.jvm.profile.BoundedStacks;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.jvm.profile.LibraryNames;
import dev.stoker.jvm.profile.Measure;
import dev.stoker.jvm.profile.Series;
import dev.stoker.jvm.profile.SeriesWriter;
import dev.stoker.jvm.recording.MalformedRecordingException;
import dev.stoker.jvm.recording.RecordingChunk;
import dev.stoker.jvm.recording.RecordingChunk.RawFrame;
import dev.stoker.jvm.stack.Frame;
import dev.stoker.jvm.stack.FrameNames;
import dev.stoker.jvm.stack.Stack;
import dev.stoker.jvm.stack.StackValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Converts the chunks of a recording, one after the other, into profiles. One pass; memory is
 * bounded by the largest chunk and by the number of different stacks, not by the recording's
 * length. For one recording, on one thread.
 */
public final class RecordingConverter {
  private static final int MAX_FRAMES = 1_024;

  /**
   * Bound on the frames of all different stacks together; a large service has about a hundred
   * thousand.
   */
  private static final long MAX_FRAMES_IN_ALL = 4_000_000;

  private final RecordingOptions options;
  private final RecordingLabels labels;
  private final PendingStacks pending;
  private final Map<Measure, StackValues> values = new EnumMap<>(Measure.class);
  private final SampledTimes times;
  private final Map<Frame, Frame> frames = new HashMap<>();

  /**
   * Named frames of one chunk. By identity: a record's own hash is slow, and there are millions of
   * lookups.
   */
  private final Map<RawFrame, Frame> named = new IdentityHashMap<>();

  private String event = "";
  private long framesInAll;
  private long startNanos;
  private long endNanos;

  public RecordingConverter(RecordingOptions options) {
    this(options, new JvmMemory());
  }

  /**
   * @param memory of the recordings of this JVM before; gets those of this one
   */
  public RecordingConverter(RecordingOptions options, JvmMemory memory) {
    this(options, memory, RecordingLabels.none());
  }

  /**
   * @param memory as with the other
   * @param labels of this recording
   */
  public RecordingConverter(RecordingOptions options, JvmMemory memory, RecordingLabels labels) {
    this.options = options;
    this.labels = labels;
    this.pending = memory.pending();
    this.times = new SampledTimes(memory, values);
  }

  /**
   * @param bytes a whole chunk; not kept
   * @throws MalformedRecordingException the chunk is damaged; the converter is of no use any more
   */
  public void add(byte[] bytes) throws MalformedRecordingException {
    add(bytes, ChunkPart.ALL);
  }

  /**
   * As the other.
   *
   * @param part what of the chunk counts
   */
  public void add(byte[] bytes, ChunkPart part) throws MalformedRecordingException {
    RecordingChunk chunk = new RecordingChunk(bytes);
    ChunkTally tally = new ChunkTally(chunk, options, part, times, labels);
    Map<Measure, Map<ChunkTally.Key, ChunkTally.Sum>> sums = tally.read();
    Map<Long, List<Frame>> stacks = new HashMap<>();
    named.clear();
    for (Map.Entry<Measure, Map<ChunkTally.Key, ChunkTally.Sum>> measure : sums.entrySet()) {
      StackValues into = values.computeIfAbsent(measure.getKey(), ignored -> new StackValues());
      add(measure.getValue(), chunk, stacks, into);
    }
    Map<Sampled, StackValues> samples = new EnumMap<>(Sampled.class);
    for (Map.Entry<Sampled, List<Map<ChunkTally.Key, ChunkTally.Sum>>> kind :
        tally.samples().entrySet()) {
      StackValues into = samples.computeIfAbsent(kind.getKey(), ignored -> new StackValues());
      for (Map<ChunkTally.Key, ChunkTally.Sum> each : kind.getValue()) {
        add(each, chunk, stacks, into);
      }
    }
    String said = tally.settings().event();
    event = said.isEmpty() ? event : said;
    times.add(tally.sampler(), tally.settings(), samples);
    keep(sums.getOrDefault(Measure.MONITOR, Map.of()), chunk, stacks);
    lasted(
        Math.max(chunk.startNanos(), part.fromNanos()), chunk.startNanos() + chunk.durationNanos());
  }

  private void add(
      Map<ChunkTally.Key, ChunkTally.Sum> sums,
      RecordingChunk chunk,
      Map<Long, List<Frame>> stacks,
      StackValues into)
      throws MalformedRecordingException {
    for (Map.Entry<ChunkTally.Key, ChunkTally.Sum> sum : sums.entrySet()) {
      into.add(stack(sum.getKey(), chunk, stacks), sum.getValue().count, sum.getValue().amount);
    }
  }

  private void lasted(long from, long to) {
    if (from <= to) {
      startNanos = startNanos == 0 ? from : Math.min(startNanos, from);
      endNanos = Math.max(endNanos, to);
    }
  }

  /**
   * A stack that no event of the chunk has may be that of a wait that goes on; one that a wait had,
   * may be that of the next. Where more events are recorded than are read here, the first are many;
   * then the youngest are kept.
   */
  private void keep(
      Map<ChunkTally.Key, ChunkTally.Sum> waits,
      RecordingChunk chunk,
      Map<Long, List<Frame>> stacks)
      throws MalformedRecordingException {
    long[] unused =
        Arrays.stream(chunk.stacks()).filter(key -> !stacks.containsKey(key)).sorted().toArray();
    for (int i = Math.max(0, unused.length - pending.max()); i < unused.length; i++) {
      pending.put(unused[i], new Stack(resolve(unused[i], chunk)));
    }
    for (ChunkTally.Key key : waits.keySet()) {
      List<Frame> frames = stacks.getOrDefault(key.stack(), List.of());
      if (!frames.isEmpty()) {
        pending.put(key.stack(), new Stack(frames));
      }
    }
  }

  private Stack stack(ChunkTally.Key key, RecordingChunk chunk, Map<Long, List<Frame>> stacks)
      throws MalformedRecordingException {
    if (key.stack() < 0 || framesInAll > MAX_FRAMES_IN_ALL) {
      return BoundedStacks.OVER_LIMIT;
    }
    List<Frame> plain = stacks.get(key.stack());
    if (plain == null) {
      plain = resolve(key.stack(), chunk);
      Stack earlier = plain.isEmpty() ? pending.get(key.stack()) : null;
      plain = earlier == null ? plain : earlier.frames();
      framesInAll += plain.size();
      stacks.put(key.stack(), plain);
    }
    List<String> set = labels.of(key.labels());
    if (plain.isEmpty() && key.type() == 0 && key.thread() == 0) {
      return new Stack(BoundedStacks.NO_STACK.frames(), set);
    }
    List<Frame> all = new ArrayList<>(plain.size() + 2);
    if (key.type() != 0) {
      String type = chunk.className(key.type());
      if (!type.isEmpty()) {
        all.add(shared(new Frame(ClassNames.readable(type), 0)));
      }
    }
    all.addAll(plain);
    if (key.thread() != 0) {
      String thread = chunk.threadName(key.thread());
      all.add(shared(new Frame("[" + (thread.isEmpty() ? "unknown thread" : thread) + "]", 0)));
    }
    framesInAll += all.size();
    return new Stack(all.isEmpty() ? BoundedStacks.NO_STACK.frames() : all, set);
  }

  private List<Frame> resolve(long key, RecordingChunk chunk) throws MalformedRecordingException {
    List<RawFrame> raw = chunk.stack(key, MAX_FRAMES);
    List<Frame> resolved = new ArrayList<>(raw.size());
    for (RawFrame frame : raw) {
      Frame known = named.get(frame);
      if (known == null) {
        known = shared(named(frame));
        named.put(frame, known);
      }
      resolved.add(known);
    }
    return resolved;
  }

  private static Frame named(RawFrame frame) {
    String type = frame.type();
    if (type.isEmpty()) {
      return new Frame(frame.method(), frame.line());
    }
    String function =
        LibraryNames.isLibrary(type)
            ? type + "." + frame.method()
            : FrameNames.of(type, frame.method());
    return new Frame(function, frame.line());
  }

  private Frame shared(Frame frame) {
    Frame known = frames.putIfAbsent(frame, frame);
    return known == null ? frame : known;
  }

  /**
   * @param untilNanos Unix time of the end when the recording does not say one that makes sense:
   *     none, or one in the future
   * @return nothing for what the recording does not hold
   */
  public List<ConvertedProfile> finish(long untilNanos) {
    times.finish();
    long duration = Math.max(0, endNanos - startNanos);
    boolean sane = startNanos > 0 && startNanos <= untilNanos;
    long time = sane ? startNanos : untilNanos - Math.min(duration, untilNanos);
    List<ConvertedProfile> profiles = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (Series series : Series.values()) {
      long own = time + seen.getOrDefault(series.profileName, 0);
      byte[] body = new SeriesWriter(series, period(series)).write(values, own, duration);
      if (body.length > 0) {
        profiles.add(new ConvertedProfile(series.profileName, body));
        seen.merge(series.profileName, 1, Integer::sum);
      }
    }
    return profiles;
  }

  private long period(Series series) {
    return switch (series) {
      case CPU -> times.cpuPeriod() == 0 ? meanCpuTime() : times.cpuPeriod();
      case WALL -> times.wallPeriod();
      default -> 1;
    };
  }

  /** Samples of CPU time (JDK 25) have a period each. */
  private long meanCpuTime() {
    long[] total = new long[2];
    values
        .getOrDefault(Measure.CPU, new StackValues())
        .forEach(
            (stack, value) -> {
              total[0] += value.count();
              total[1] += value.sum();
            });
    return total[0] == 0 ? 0 : total[1] / total[0];
  }

  /** What async-profiler was told to sample, such as <code>itimer</code>; "" = not said. */
  public String event() {
    return event;
  }

  /** After {@link #finish}: the recording did not say how often its samples were taken. */
  public boolean hasEstimatedPeriod() {
    return times.isEstimated();
  }
}
