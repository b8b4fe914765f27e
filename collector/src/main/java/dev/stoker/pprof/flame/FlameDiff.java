package dev.stoker.pprof.flame;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares two flame trees of one sample type, frame by frame. Pure. */
public final class FlameDiff {
  /**
   * A call path in both.
   *
   * @param before value in the first, 0 = not there
   * @param after value in the second
   * @param children largest first
   */
  public record Node(String name, double before, double after, List<Node> children) {
    double weight() {
      return before + after;
    }
  }

  /** A function's own values. */
  public record Top(String name, double before, double after) {
    double change() {
      return Math.abs(after - before);
    }
  }

  private final FlameTree before;
  private final FlameTree after;
  private final double beforeScale;
  private final double afterScale;

  /**
   * @param beforeScale what the first tree's values are multiplied by, so that ranges of different
   *     lengths can be compared
   */
  public FlameDiff(FlameTree before, FlameTree after, double beforeScale, double afterScale) {
    this.before = before;
    this.after = after;
    this.beforeScale = beforeScale;
    this.afterScale = afterScale;
  }

  /** At most about <code>max</code> nodes: per caller, the smallest become one called other. */
  public Node tree(int max) {
    Node whole =
        merge(
            "total",
            List.of(before.tree(Integer.MAX_VALUE)),
            List.of(after.tree(Integer.MAX_VALUE)));
    int nodes = count(whole);
    if (nodes <= max) {
      return whole;
    }
    double[] weights = new double[nodes];
    collect(whole, weights, 0);
    Arrays.sort(weights);
    return pruned(whole, weights[Math.max(0, nodes - max - 1)]);
  }

  private Node merge(String name, List<FlameTree.Node> first, List<FlameTree.Node> second) {
    Map<String, List<List<FlameTree.Node>>> children = new HashMap<>();
    for (int side = 0; side < 2; side++) {
      for (FlameTree.Node parent : side == 0 ? first : second) {
        for (FlameTree.Node child : parent.children()) {
          children
              .computeIfAbsent(
                  child.name(), ignored -> List.of(new ArrayList<>(1), new ArrayList<>(1)))
              .get(side)
              .add(child);
        }
      }
    }
    List<Node> merged = new ArrayList<>(children.size());
    children.forEach((child, sides) -> merged.add(merge(child, sides.get(0), sides.get(1))));
    merged.sort(Comparator.comparingDouble(Node::weight).reversed().thenComparing(Node::name));
    return new Node(
        name,
        beforeScale * first.stream().mapToDouble(FlameTree.Node::value).sum(),
        afterScale * second.stream().mapToDouble(FlameTree.Node::value).sum(),
        merged);
  }

  private static int count(Node node) {
    return 1 + node.children().stream().mapToInt(FlameDiff::count).sum();
  }

  private static int collect(Node node, double[] weights, int count) {
    int at = count;
    weights[at++] = node.weight();
    for (Node child : node.children()) {
      at = collect(child, weights, at);
    }
    return at;
  }

  private static Node pruned(Node node, double threshold) {
    List<Node> children = new ArrayList<>();
    double foldedBefore = 0;
    double foldedAfter = 0;
    for (Node child : node.children()) {
      if (child.weight() > threshold) {
        children.add(pruned(child, threshold));
      } else {
        foldedBefore += child.before();
        foldedAfter += child.after();
      }
    }
    if (foldedBefore + foldedAfter > 0) {
      children.add(new Node(FlameTree.OTHER, foldedBefore, foldedAfter, List.of()));
    }
    return new Node(
        node.name(), node.before(), node.after(), Collections.unmodifiableList(children));
  }

  /** The functions whose own values changed most. */
  public List<Top> top(int max) {
    Map<String, double[]> values = new HashMap<>();
    before
        .top(Integer.MAX_VALUE)
        .forEach(f -> values.computeIfAbsent(f.name(), n -> new double[2])[0] += f.self());
    after
        .top(Integer.MAX_VALUE)
        .forEach(f -> values.computeIfAbsent(f.name(), n -> new double[2])[1] += f.self());
    return values.entrySet().stream()
        .map(e -> new Top(e.getKey(), e.getValue()[0] * beforeScale, e.getValue()[1] * afterScale))
        .filter(top -> top.before() + top.after() > 0)
        .sorted(Comparator.comparingDouble(Top::change).reversed().thenComparing(Top::name))
        .limit(max)
        .toList();
  }
}
