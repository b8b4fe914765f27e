package dev.stoker.jvm.convert;

import dev.stoker.jvm.convert.JvmMemory.Sampler;
import dev.stoker.jvm.profile.Measure;
import dev.stoker.jvm.recording.EventKind;
import dev.stoker.jvm.recording.MalformedRecordingException;
import dev.stoker.jvm.recording.RecordedEvent;
import dev.stoker.jvm.recording.RecordedEvent.Field;
import dev.stoker.jvm.recording.RecordingChunk;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts one chunk's events by the chunk's own keys; at the end, the meaning of each key is looked
 * up once. Samples are only counted at first, because the settings that they need may stand behind
 * them in the chunk. One thread.
 */
final class ChunkTally {
  /** Bound on different keys; further ones are summed under one key. */
  private static final int MAX_KEYS = 200_000;

  /** Clocks of the chunk's header and of the recording's start differ by a little. */
  private static final long START_SLACK_MILLIS = 1_000;

  /** A JVM has some twenty. */
  private static final int MAX_STATES = 256;

  private static final long OTHER_STATES = -1;
  private static final Key OVER_LIMIT = new Key(-1, 0, 0, RecordingLabels.NONE);
  private static final String SLEEPING = "STATE_SLEEPING";
  private static final String RUNNABLE = "STATE_RUNNABLE";

  /**
   * @param type of the allocated object; 0 = none
   * @param labels number of the labels
   */
  record Key(long stack, long thread, long type, int labels) {}

  /** Events and what they amount to. */
  static final class Sum {
    long count;
    long amount;
  }

  private final RecordingChunk chunk;
  private final SamplingSettings settings = new SamplingSettings();
  private final RecordingOptions options;
  private final ChunkPart part;
  private final SampledTimes times;
  private final RecordingLabels labels;
  private final Sampler sampler;
  private final Map<Measure, Map<Key, Sum>> sums = new EnumMap<>(Measure.class);

  /**
   * Samples by thread state: ExecutionSample, and below the wall clock samples of async-profiler.
   */
  private final Map<Long, Map<Key, Sum>> executions = new HashMap<>();

  private final Map<Long, Map<Key, Sum>> wallClock = new HashMap<>();
  private final Map<Key, Sum> cpuTimes = new HashMap<>();
  private final FirstAllocations firstAllocations = new FirstAllocations();
  private boolean beginsHere;

  /**
   * @param part what of it counts; settings, threads and stacks are taken from all of it
   * @param times get the gaps between samples
   * @param labels of the recording
   */
  ChunkTally(
      RecordingChunk chunk,
      RecordingOptions options,
      ChunkPart part,
      SampledTimes times,
      RecordingLabels labels) {
    this.chunk = chunk;
    this.options = options;
    this.part = part;
    this.times = times;
    this.labels = labels;
    this.sampler = chunk.isAsyncProfilers() ? Sampler.ASYNC_PROFILER : Sampler.JDK;
  }

  SamplingSettings settings() {
    return settings;
  }

  Sampler sampler() {
    return sampler;
  }

  /** Reads the whole chunk. */
  Map<Measure, Map<Key, Sum>> read() throws MalformedRecordingException {
    chunk.events(this::event);
    firstAllocations.release(beginsHere, (key, weight) -> add(Measure.ALLOCATED, key, 1, weight));
    cpuTimes.forEach((key, sum) -> add(Measure.CPU, key, sum.count, sum.amount));
    return sums;
  }

  private boolean counts(RecordedEvent event) {
    return part.holds(
        event.position(), chunk.time(event.get(Field.START) + event.get(Field.DURATION)));
  }

  private void event(EventKind kind, RecordedEvent event) {
    switch (kind) {
      case ACTIVE_SETTING, ACTIVE_RECORDING, THREAD_START -> ofTheRecording(kind, event);
      case ALLOCATION_SAMPLE -> allocation(event);
      default -> {
        if (counts(event)) {
          counted(kind, event);
        }
      }
    }
  }

  private void ofTheRecording(EventKind kind, RecordedEvent event) {
    switch (kind) {
      case ACTIVE_SETTING -> settings.add(event, chunk);
      case ACTIVE_RECORDING ->
          beginsHere |=
              event.get(Field.RECORDING_START)
                  > chunk.startNanos() / 1_000_000 - START_SLACK_MILLIS;
      default -> firstAllocations.started(event.get(Field.STARTED_THREAD));
    }
  }

  private void counted(EventKind kind, RecordedEvent event) {
    switch (kind) {
      case EXECUTION_SAMPLE -> {
        add(byState(executions, event), key(event), 1, 0);
        gap(event, false, 1);
      }
      case CPU_TIME_SAMPLE ->
          add(cpuTimes, key(event), 1, chunk.nanos(event.get(Field.SAMPLING_PERIOD)));
      case WALL_CLOCK_SAMPLE -> {
        long samples = Math.max(1, event.get(Field.SAMPLES));
        add(byState(wallClock, event), key(event), samples, 0);
        gap(event, true, samples);
      }
      case ALLOCATION_IN_NEW_TLAB ->
          add(Measure.ALLOCATED_IN_NEW_TLAB, objectKey(event), 1, event.get(Field.TLAB_SIZE));
      case ALLOCATION_OUTSIDE_TLAB ->
          add(
              Measure.ALLOCATED_OUTSIDE_TLAB,
              objectKey(event),
              1,
              event.get(Field.ALLOCATION_SIZE));
      case LIVE_OBJECT -> add(Measure.LIVE, objectKey(event), 1, event.get(Field.ALLOCATION_SIZE));
      case MALLOC -> add(Measure.MALLOC, key(event), 1, event.get(Field.SIZE));
      case MONITOR_ENTER, NATIVE_LOCK ->
          add(Measure.MONITOR, key(event), 1, chunk.nanos(event.get(Field.DURATION)));
      case THREAD_PARK -> add(Measure.PARK, key(event), 1, chunk.nanos(event.get(Field.DURATION)));
      default -> throw new IllegalStateException(kind + " is not counted here");
    }
  }

  private void gap(RecordedEvent event, boolean wallClock, long samples) {
    if (settings.isEmpty()) {
      times
          .gaps(sampler, wallClock)
          .add(event.get(Field.THREAD), chunk.time(event.get(Field.START)), samples);
    }
  }

  private void allocation(RecordedEvent event) {
    FirstAllocations.Sample sample =
        new FirstAllocations.Sample(
            objectKey(event), event.get(Field.WEIGHT), event.get(Field.START), counts(event));
    FirstAllocations.Sample later = firstAllocations.hold(event.get(Field.THREAD), sample);
    if (later != null && later.counts()) {
      add(Measure.ALLOCATED, later.key(), 1, later.weight());
    }
  }

  /**
   * After {@link #read}: samples by what they are of. JDK 25's samples of CPU time are better than
   * those of a clock, which are left out then.
   */
  Map<Sampled, List<Map<Key, Sum>>> samples() throws MalformedRecordingException {
    Map<Sampled, List<Map<Key, Sum>>> samples = new EnumMap<>(Sampled.class);
    for (Map.Entry<Long, Map<Key, Sum>> state : executions.entrySet()) {
      if (cpuTimes.isEmpty()) {
        String name = chunk.stateName(state.getKey());
        Sampled known = name.equals(SLEEPING) ? Sampled.SLEEPING : Sampled.RUNNING;
        of(samples, name.isEmpty() ? Sampled.OF_UNKNOWN_STATE : known).add(state.getValue());
      }
    }
    for (Map.Entry<Long, Map<Key, Sum>> state : wallClock.entrySet()) {
      boolean runs = chunk.stateName(state.getKey()).equals(RUNNABLE);
      of(samples, runs ? Sampled.WALL_RUNNING : Sampled.WALL_OTHER).add(state.getValue());
    }
    return samples;
  }

  private static List<Map<Key, Sum>> of(Map<Sampled, List<Map<Key, Sum>>> samples, Sampled kind) {
    return samples.computeIfAbsent(kind, ignored -> new ArrayList<>());
  }

  private static Map<Key, Sum> byState(Map<Long, Map<Key, Sum>> states, RecordedEvent event) {
    long state = event.get(Field.STATE);
    boolean room = states.size() < MAX_STATES || states.containsKey(state);
    return states.computeIfAbsent(room ? state : OTHER_STATES, ignored -> new HashMap<>());
  }

  private Key key(RecordedEvent event) {
    return key(event, 0);
  }

  private Key objectKey(RecordedEvent event) {
    return key(event, options.allocatedClasses() ? event.get(Field.OBJECT_CLASS) : 0);
  }

  private Key key(RecordedEvent event, long type) {
    int set = labels.index(event);
    long thread = options.threadNames() ? event.get(Field.THREAD) : 0;
    return set == RecordingLabels.OVER_LIMIT
        ? OVER_LIMIT
        : new Key(event.get(Field.STACK), thread, type, set);
  }

  private void add(Measure measure, Key key, long count, long amount) {
    add(sums.computeIfAbsent(measure, ignored -> new HashMap<>()), key, count, amount);
  }

  private static void add(Map<Key, Sum> sums, Key key, long count, long amount) {
    Sum sum = sums.get(key);
    if (sum == null) {
      sum = sums.computeIfAbsent(sums.size() < MAX_KEYS ? key : OVER_LIMIT, ignored -> new Sum());
    }
    // A damaged recording must not make a negative sample.
    sum.count += Math.max(0, count);
    sum.amount += Math.max(0, amount);
  }
}
