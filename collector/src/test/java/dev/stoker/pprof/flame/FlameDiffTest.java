package dev.stoker.pprof.flame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.pprof.build.PprofWriter;
import dev.stoker.pprof.build.ValueType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlameDiffTest {
  @Test
  void frames_areMetByName_andScaledPerSide() throws Exception {
    FlameDiff diff =
        new FlameDiff(
            tree(Map.of("main;old", 40L, "main;both", 20L)),
            tree(Map.of("main;new", 6L, "main;both", 4L)),
            0.5,
            2);

    FlameDiff.Node main = diff.tree(100).children().get(0);

    assertThat(main.before()).isEqualTo(30);
    assertThat(main.after()).isEqualTo(20);
    assertThat(main.children())
        .containsExactlyInAnyOrder(
            new FlameDiff.Node("old", 20, 0, List.of()),
            new FlameDiff.Node("new", 0, 12, List.of()),
            new FlameDiff.Node("both", 10, 8, List.of()));
    assertThat(diff.top(2))
        .containsExactly(new FlameDiff.Top("old", 20, 0), new FlameDiff.Top("new", 0, 12));
  }

  @Test
  void smallFrames_areFolded_withNothingLost() throws Exception {
    FlameDiff diff =
        new FlameDiff(
            tree(Map.of("main;a", 100L, "main;b", 1L)),
            tree(Map.of("main;a", 90L, "main;c", 2L)),
            1,
            1);

    FlameDiff.Node main = diff.tree(3).children().get(0);

    assertThat(main.children())
        .extracting(FlameDiff.Node::name)
        .containsExactly("a", FlameTree.OTHER);
    assertThat(main.children().stream().mapToDouble(FlameDiff.Node::before).sum()).isEqualTo(101);
    assertThat(main.children().stream().mapToDouble(FlameDiff.Node::after).sum()).isEqualTo(92);
  }

  /** Stacks root first. */
  private static FlameTree tree(Map<String, Long> stacks) throws Exception {
    ValueType cpu = new ValueType("cpu", "nanoseconds");
    PprofWriter writer = new PprofWriter(List.of(cpu), cpu, 1, "cpu");
    stacks.forEach(
        (stack, value) -> {
          String[] frames = stack.split(";");
          int[] leafFirst = new int[frames.length];
          for (int i = 0; i < frames.length; i++) {
            leafFirst[frames.length - 1 - i] = writer.location(frames[i], "a.go", 1);
          }
          writer.sample(leafFirst, value);
        });
    FlameTree tree = new FlameTree(1_000);
    tree.add(ProfileStacks.read(writer.finish(1, 0), 1 << 20), 0);
    return tree;
  }
}
