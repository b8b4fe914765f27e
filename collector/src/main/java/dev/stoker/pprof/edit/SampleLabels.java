package dev.stoker.pprof.edit;

import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.KeptTypes;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.pprof.wire.ProfileWriter;
import dev.stoker.pprof.wire.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Edits the labels inside a profile, over the raw protobuf. Samples that become equal are summed,
 * so the total of each sample type stays as it is unless samples are told to go. What nothing
 * refers to any more is left out, so that a label that was taken away cannot be read from the
 * string table. A profile that the editor leaves alone stays the same array. Pure; a workspace is
 * one thread's.
 */
public final class SampleLabels {
  /** A Pyroscope takes 16,000 samples by default; more sets than this are no use to anybody. */
  static final int MAX_SETS = 100_000;

  /** Labels of all sets together, which bounds the memory that a hostile profile can take. */
  static final int MAX_LABELS = 1_000_000;

  /** Decides on all label sets of one profile at once, as some rules depend on the others. */
  @FunctionalInterface
  public interface Editor {
    /**
     * @param sets all different ones, in the order in which they come in the profile; the empty one
     *     is among them when a sample has no label
     * @return for each set, what it becomes; null = its samples go
     */
    List<@Nullable List<Label>> edit(List<LabelSet> sets);
  }

  /**
   * @param body gzipped, or the same array as before when nothing has changed; null = no sample is
   *     left
   * @param samples how many samples the profile had
   * @param gone how many of them the editor has told to go
   */
  public record Edited(byte @Nullable [] body, int samples, int gone) {}

  /**
   * @param maxInflated bytes, 0 = no limit
   * @throws MalformedProfileException it is no profile, or has more labels than are held
   */
  public static Edited edit(byte[] body, long maxInflated, Editor editor, Workspace workspace)
      throws MalformedProfileException {
    BodyCheck.quick(body, maxInflated);
    ProfileIndex index = workspace.index(body, maxInflated);
    SampleLabels work = new SampleLabels(index, workspace);
    work.collect();
    List<@Nullable List<Label>> outcomes = editor.edit(work.sets());
    if (work.unchanged(outcomes)) {
      return new Edited(body, index.sampleStart.size, 0);
    }
    return work.write(outcomes);
  }

  private final ProfileIndex index;
  private final Workspace workspace;
  private final LabeledSample sample;
  private final int width;
  private final int[] setOf;
  private final Map<Ids, Integer> setNumbers = new HashMap<>();
  private final List<List<Label>> sets = new ArrayList<>();
  private final List<long[]> weights = new ArrayList<>();
  private int labels;

  private SampleLabels(ProfileIndex index, Workspace workspace) {
    this.index = index;
    this.workspace = workspace;
    this.sample = new LabeledSample(index);
    this.width = index.typeStart.size;
    this.setOf = new int[index.sampleStart.size];
  }

  private void collect() throws MalformedProfileException {
    for (int i = 0; i < setOf.length; i++) {
      sample.read(i, width);
      Integer number = setNumbers.get(new Ids(sample.labelIds()));
      if (number == null) {
        number = add();
      }
      setOf[i] = number;
      weights.get(number)[0] += sample.values()[width - 1];
    }
  }

  private int add() throws MalformedProfileException {
    int[] ids = sample.labelIds();
    labels += ids.length;
    if (sets.size() == MAX_SETS || labels > MAX_LABELS) {
      throw new MalformedProfileException(
          "the profile's samples have more than "
              + (sets.size() == MAX_SETS ? MAX_SETS + " different label sets" : "")
              + (sets.size() == MAX_SETS ? "" : MAX_LABELS + " labels in different sets")
              + "; give samples fewer labels");
    }
    int number = sets.size();
    setNumbers.put(new Ids(ids), number);
    sets.add(IntStream.of(ids).mapToObj(sample::label).toList());
    weights.add(new long[1]);
    return number;
  }

  private List<LabelSet> sets() {
    return IntStream.range(0, sets.size())
        .mapToObj(i -> new LabelSet(sets.get(i), weights.get(i)[0]))
        .toList();
  }

  private boolean unchanged(List<@Nullable List<Label>> outcomes) {
    for (int i = 0; i < sets.size(); i++) {
      if (!sets.get(i).equals(outcomes.get(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Each sum under what tells it from others: its labels, those with numbers too, and its stack.
   */
  private Edited write(List<@Nullable List<Label>> outcomes) throws MalformedProfileException {
    boolean[] all = new boolean[width];
    Arrays.fill(all, true);
    ProfileWriter writer = workspace.writer();
    writer.begin(index, new KeptTypes.Columns(all, width));
    Encoder encoder = new Encoder(writer);
    int[] encodedOf =
        outcomes.stream().mapToInt(set -> set == null ? -1 : encoder.of(set)).toArray();
    Map<Identity, Sum> sums = new HashMap<>();
    List<Sum> inOrder = new ArrayList<>();
    int gone = 0;
    for (int i = 0; i < setOf.length; i++) {
      int encoded = encodedOf[setOf[i]];
      if (encoded < 0) {
        gone++;
        continue;
      }
      sample.read(i, width);
      Identity identity = new Identity(encoded, sample.numbers(), sample.stack());
      Sum sum = sums.get(identity);
      if (sum == null) {
        sum = new Sum(identity, new long[width]);
        sums.put(identity, sum);
        inOrder.add(sum);
      }
      for (int column = 0; column < width; column++) {
        sum.values()[column] += sample.values()[column];
      }
    }
    for (Sum sum : inOrder) {
      Identity identity = sum.identity();
      writer.sample(
          identity.stack(), encoder.bytes(identity.labels()), identity.numbers(), sum.values());
    }
    byte[] body =
        inOrder.isEmpty() ? null : writer.finish(index.timeNanos, index.durationNanos, workspace);
    return new Edited(body, setOf.length, gone);
  }

  /** Label sets as bytes; equal sets, in whatever order, are one. */
  private static final class Encoder {
    private final ProfileWriter writer;
    private final Map<List<Label>, Integer> numbers = new TreeMap<>(Label.LISTS);
    private final List<byte[]> encoded = new ArrayList<>();
    private final Map<String, Integer> strings = new HashMap<>();

    Encoder(ProfileWriter writer) {
      this.writer = writer;
      strings.put("", 0);
    }

    int of(List<Label> set) {
      List<Label> sorted = set.stream().sorted().toList();
      return numbers.computeIfAbsent(
          sorted,
          missing -> {
            encoded.add(encode(missing));
            return encoded.size() - 1;
          });
    }

    byte[] bytes(int set) {
      return encoded.get(set);
    }

    private byte[] encode(List<Label> set) {
      ByteSink out = new ByteSink();
      for (Label label : set) {
        int name = strings.computeIfAbsent(label.name(), writer::text);
        int value = strings.computeIfAbsent(label.value(), writer::text);
        out.tag(3, Cursor.BYTES);
        out.varint(2 + ByteSink.varintSize(name) + ByteSink.varintSize(value));
        out.tag(1, Cursor.VARINT);
        out.varint(name);
        out.tag(2, Cursor.VARINT);
        out.varint(value);
      }
      return Arrays.copyOf(out.bytes, out.size);
    }
  }

  private record Sum(Identity identity, long[] values) {}

  /** Comparable, so that a map holds up against hashes that collide on purpose. */
  private record Identity(int labels, byte[] numbers, byte[] stack)
      implements Comparable<Identity> {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Identity that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
      return 31 * (31 * labels + Arrays.hashCode(numbers)) + Arrays.hashCode(stack);
    }

    @Override
    public int compareTo(Identity other) {
      int order = Integer.compare(labels, other.labels);
      order = order != 0 ? order : Arrays.compare(numbers, other.numbers);
      return order != 0 ? order : Arrays.compare(stack, other.stack);
    }
  }

  private record Ids(int[] ids) implements Comparable<Ids> {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Ids that && Arrays.equals(ids, that.ids);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(ids);
    }

    @Override
    public int compareTo(Ids other) {
      return Arrays.compare(ids, other.ids);
    }
  }
}
