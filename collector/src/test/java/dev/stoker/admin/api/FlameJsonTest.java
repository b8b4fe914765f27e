package dev.stoker.admin.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.admin.route.DeepJson;
import dev.stoker.pprof.flame.FlameTree;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class FlameJsonTest {
  /** As the launcher sets it. */
  private static final long STACK = 256 << 10;

  private static final int DEPTH = 1_024;

  @Test
  void deepestStack_fitsAnEventLoop() throws Exception {
    FlameTree.Node node = new FlameTree.Node("leaf", 1, 1, List.of());
    for (int i = 0; i < DEPTH; i++) {
      node = new FlameTree.Node("frame" + i, 1, 0, List.of(node));
    }
    FlameTree.Node root = node;
    FutureTask<String> encoding =
        new FutureTask<>(() -> DeepJson.encode(FlameJson.tree(root, 1)).toString());
    new Thread(null, encoding, "small-stack", STACK).start();
    assertThat(encoding.get()).startsWith("{\"name\":\"frame1023\"").contains("\"leaf\"");
  }
}
