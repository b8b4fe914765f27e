package dev.stoker.pprof.flame;

import dev.stoker.pprof.MalformedProfileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Profiles of one sample type merged into a tree of calls, with totals per function. Not
 * thread-safe. Bounded: past <code>maxNodes</code> a new branch is charged to its last known
 * caller.
 */
public final class FlameTree {
  public static final String OTHER = "other";

  private final int maxNodes;
  private final Branch root = new Branch("total");
  private final Map<String, Sum> sums = new HashMap<>();
  private int nodes;
  private long stacks;

  /**
   * A call path.
   *
   * @param value of the path and all below it
   * @param self of the path alone
   * @param children largest first
   */
  public record Node(String name, long value, long self, List<Node> children) {}

  /**
   * A function over all its call paths.
   *
   * @param self where it was the leaf
   * @param total where it was anywhere on the stack; a recursive call counts once
   */
  public record Top(String name, long self, long total) {}

  private static final class Branch {
    final String name;
    long value;
    long self;
    Map<String, Branch> children = Map.of();

    Branch(String name) {
      this.name = name;
    }
  }

  private static final class Sum {
    long self;
    long total;
    long lastStack = -1;
  }

  public FlameTree(int maxNodes) {
    this.maxNodes = maxNodes;
  }

  /**
   * @param sampleType index into the profile's sample types
   * @throws MalformedProfileException nothing of the profile was added
   */
  public void add(ProfileStacks profile, int sampleType) throws MalformedProfileException {
    profile.forEach(sampleType, (stack, depth, value) -> {});
    profile.forEach(sampleType, this::add);
  }

  public long total() {
    return root.value;
  }

  private void add(String[] stack, int depth, long value) {
    stacks++;
    Branch at = root;
    at.value = plus(at.value, value);
    boolean room = true;
    for (int i = 0; i < depth; i++) {
      sum(stack[i], value, i == depth - 1);
      Branch next = room ? child(at, stack[i]) : at;
      room = next != at;
      if (room) {
        next.value = plus(next.value, value);
        at = next;
      }
    }
    at.self = plus(at.self, value);
  }

  private Branch child(Branch at, String name) {
    Branch known = at.children.get(name);
    if (known != null) {
      return known;
    }
    if (nodes >= maxNodes) {
      return at;
    }
    nodes++;
    if (at.children.isEmpty()) {
      at.children = new HashMap<>(4);
    }
    Branch made = new Branch(name);
    at.children.put(name, made);
    return made;
  }

  private void sum(String name, long value, boolean leaf) {
    Sum sum = sums.computeIfAbsent(name, ignored -> new Sum());
    if (sum.lastStack != stacks) {
      sum.lastStack = stacks;
      sum.total = plus(sum.total, value);
    }
    if (leaf) {
      sum.self = plus(sum.self, value);
    }
  }

  /** Values are above 0; a sum past Long.MAX_VALUE stays there. */
  private static long plus(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  /**
   * The tree with at most about <code>max</code> nodes: the smallest are folded, per caller, into
   * one called {@link #OTHER}.
   */
  public Node tree(int max) {
    return node(root, threshold(max));
  }

  private long threshold(int max) {
    if (nodes <= max) {
      return 0;
    }
    long[] values = new long[nodes];
    collect(root, values, 0);
    Arrays.sort(values);
    return values[nodes - Math.max(1, max)];
  }

  private static int collect(Branch branch, long[] values, int count) {
    int at = count;
    for (Branch child : branch.children.values()) {
      values[at++] = child.value;
      at = collect(child, values, at);
    }
    return at;
  }

  private static Node node(Branch branch, long threshold) {
    List<Node> children = new ArrayList<>();
    long folded = 0;
    for (Branch child : branch.children.values()) {
      if (child.value > threshold) {
        children.add(node(child, threshold));
      } else {
        folded = plus(folded, child.value);
      }
    }
    children.sort(Comparator.comparingLong(Node::value).reversed().thenComparing(Node::name));
    if (folded > 0) {
      children.add(new Node(OTHER, folded, folded, List.of()));
    }
    return new Node(branch.name, branch.value, branch.self, List.copyOf(children));
  }

  /** The functions with the most self, then total, value. */
  public List<Top> top(int max) {
    return sums.entrySet().stream()
        .map(e -> new Top(e.getKey(), e.getValue().self, e.getValue().total))
        .sorted(
            Comparator.comparingLong(Top::self)
                .thenComparingLong(Top::total)
                .reversed()
                .thenComparing(Top::name))
        .limit(max)
        .toList();
  }
}
