package dev.stoker.jvm;

import dev.stoker.recording.EventKind;
import dev.stoker.recording.MalformedRecordingException;
import dev.stoker.recording.RecordedEvent;
import dev.stoker.recording.RecordedEvent.Field;
import dev.stoker.recording.RecordingChunk;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * One chunk's events, counted by the chunk's own keys; what the keys mean is looked up once for
 * each at the end. Settings may stand behind the samples that they are about, so sampling periods
 * are applied at the end too.
 */
final class ChunkTally {
  /** What new keys bring past this is summed under one. */
  private static final int MAX_KEYS = 200_000;

  /** Clocks of the chunk's header and of the recording's start differ by a little. */
  private static final long START_SLACK_MILLIS = 1_000;

  /** A JVM has some twenty. */
  private static final int MAX_STATES = 256;

  private static final long OTHER_STATES = -1;
  private static final Key OVER_LIMIT = new Key(-1, 0, 0);
  private static final String SLEEPING = "STATE_SLEEPING";
  private static final String RUNNABLE = "STATE_RUNNABLE";

  /**
   * @param type of the allocated object; 0 = none
   */
  record Key(long stack, long thread, long type) {}

  /** Events and what they amount to. */
  static final class Sum {
    long count;
    long amount;
  }

  private final RecordingChunk chunk;
  private final SamplingSettings settings;
  private final RecordingOptions options;
  private final Map<Measure, Map<Key, Sum>> sums = new EnumMap<>(Measure.class);

  /** By their states: ExecutionSample, and what the clock of async-profiler saw. */
  private final Map<Long, Map<Key, Sum>> executions = new HashMap<>();

  private final Map<Long, Map<Key, Sum>> wallClock = new HashMap<>();
  private final Map<Key, Sum> cpuTimes = new HashMap<>();
  private final FirstAllocations firstAllocations = new FirstAllocations();
  private boolean beginsHere;

  ChunkTally(RecordingChunk chunk, SamplingSettings settings, RecordingOptions options) {
    this.chunk = chunk;
    this.settings = settings;
    this.options = options;
  }

  /** Reads the whole chunk. */
  Map<Measure, Map<Key, Sum>> read() throws MalformedRecordingException {
    chunk.events(this::event);
    firstAllocations.release(beginsHere, (key, weight) -> add(Measure.ALLOCATED, key, 1, weight));
    times();
    return sums;
  }

  private void event(EventKind kind, RecordedEvent event) {
    switch (kind) {
      case ACTIVE_SETTING -> settings.add(event, chunk);
      case ACTIVE_RECORDING ->
          beginsHere |=
              event.get(Field.RECORDING_START)
                  > chunk.startNanos() / 1_000_000 - START_SLACK_MILLIS;
      case THREAD_START -> firstAllocations.started(event.get(Field.STARTED_THREAD));
      case EXECUTION_SAMPLE -> add(byState(executions, event), key(event), 1, 0);
      case CPU_TIME_SAMPLE ->
          add(cpuTimes, key(event), 1, chunk.nanos(event.get(Field.SAMPLING_PERIOD)));
      case WALL_CLOCK_SAMPLE ->
          add(byState(wallClock, event), key(event), Math.max(1, event.get(Field.SAMPLES)), 0);
      case ALLOCATION_IN_NEW_TLAB ->
          add(Measure.ALLOCATED_IN_NEW_TLAB, objectKey(event), 1, event.get(Field.TLAB_SIZE));
      case ALLOCATION_OUTSIDE_TLAB ->
          add(
              Measure.ALLOCATED_OUTSIDE_TLAB,
              objectKey(event),
              1,
              event.get(Field.ALLOCATION_SIZE));
      case ALLOCATION_SAMPLE -> allocation(event);
      case LIVE_OBJECT -> add(Measure.LIVE, objectKey(event), 1, event.get(Field.ALLOCATION_SIZE));
      case MALLOC -> add(Measure.MALLOC, key(event), 1, event.get(Field.SIZE));
      case MONITOR_ENTER, NATIVE_LOCK ->
          add(Measure.MONITOR, key(event), 1, chunk.nanos(event.get(Field.DURATION)));
      case THREAD_PARK -> add(Measure.PARK, key(event), 1, chunk.nanos(event.get(Field.DURATION)));
    }
  }

  private void allocation(RecordedEvent event) {
    FirstAllocations.Sample sample =
        new FirstAllocations.Sample(
            objectKey(event), event.get(Field.WEIGHT), event.get(Field.START));
    FirstAllocations.Sample later = firstAllocations.hold(event.get(Field.THREAD), sample);
    if (later != null) {
      add(Measure.ALLOCATED, later.key(), 1, later.weight());
    }
  }

  /** Samples become nanoseconds; JDK 25's samples of CPU time are better than those of a clock. */
  private void times() throws MalformedRecordingException {
    cpuTimes.forEach((key, sum) -> add(Measure.CPU, key, sum.count, sum.amount));
    boolean wall = settings.isWallClock();
    for (Map.Entry<Long, Map<Key, Sum>> state : executions.entrySet()) {
      String name = chunk.stateName(state.getKey());
      if (wall) {
        add(Measure.WALL, state.getValue(), settings.period());
      } else if (cpuTimes.isEmpty() && !name.equals(SLEEPING)) {
        add(Measure.CPU, state.getValue(), settings.period());
      }
    }
    for (Map.Entry<Long, Map<Key, Sum>> state : wallClock.entrySet()) {
      add(Measure.WALL, state.getValue(), settings.wallPeriod());
      if (wall && chunk.stateName(state.getKey()).equals(RUNNABLE)) {
        add(Measure.CPU, state.getValue(), settings.wallPeriod());
      }
    }
  }

  private static Map<Key, Sum> byState(Map<Long, Map<Key, Sum>> states, RecordedEvent event) {
    long state = event.get(Field.STATE);
    boolean room = states.size() < MAX_STATES || states.containsKey(state);
    return states.computeIfAbsent(room ? state : OTHER_STATES, ignored -> new HashMap<>());
  }

  private Key key(RecordedEvent event) {
    return new Key(event.get(Field.STACK), options.threadNames() ? event.get(Field.THREAD) : 0, 0);
  }

  private Key objectKey(RecordedEvent event) {
    return new Key(
        event.get(Field.STACK),
        options.threadNames() ? event.get(Field.THREAD) : 0,
        options.allocatedClasses() ? event.get(Field.OBJECT_CLASS) : 0);
  }

  private void add(Measure measure, Map<Key, Sum> samples, long period) {
    samples.forEach((key, sum) -> add(measure, key, sum.count, sum.count * period));
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
