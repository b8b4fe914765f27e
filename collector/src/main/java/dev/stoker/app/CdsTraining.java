package dev.stoker.app;

import dev.stoker.app.log.Logs;
import dev.stoker.app.run.Collector;
import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a small daemon for a moment, so that the class data archive made at exit holds what a real
 * one loads; with the argument <code>kubernetes</code> also what one loads that discovers pods.
 * Only the launcher and the image build call this.
 */
final class CdsTraining {
  private static final String CONFIG =
      """
      stoker.http.listen = "127.0.0.1:0"
      pyroscope.scrape.training {
        targets = [ { "__address__" = "127.0.0.1:9" } ]
        scrape_interval = 100ms
        profiling_config.profile.process_cpu.enabled = false
        forward_to = [ pyroscope.write.training.receiver, stoker.store.training.receiver ]
      }
      pyroscope.write.training { endpoint { url = "http://127.0.0.1:9" } }
      stoker.store.training {}
      """;

  public static void main(String[] args) {
    int exit = 0;
    try {
      train(List.of(args).contains("kubernetes"));
    } catch (Throwable failed) {
      failed.printStackTrace();
      exit = 1;
    }
    // Also after a failure: the daemon's threads would keep the launcher waiting for ever.
    System.exit(exit);
  }

  static void train(boolean kubernetes) throws Exception {
    Path folder = Files.createTempDirectory("stoker-training");
    try {
      Logs.configure(ch.qos.logback.classic.Level.ERROR, false);
      Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
      TrainingCluster cluster =
          kubernetes ? TrainingCluster.start(vertx).await(20, TimeUnit.SECONDS) : null;
      Path file =
          Files.writeString(
              folder.resolve("training.conf"),
              CONFIG
                  + (cluster == null ? "" : cluster.config())
                  + "stoker.storage.path = \""
                  + folder
                  + "\"\n");
      Main.execute("validate", file.toString());
      if (ConfigLoader.load(file) instanceof LoadResult.Loaded loaded) {
        String id =
            vertx.deployVerticle(new Collector(loaded.config())).await(60, TimeUnit.SECONDS);
        if (cluster != null) {
          cluster.awaitWatch();
        }
        vertx
            .timer(2_000, TimeUnit.MILLISECONDS)
            .compose(ignored -> vertx.undeploy(id))
            .await(60, TimeUnit.SECONDS);
      } else {
        throw new IllegalStateException("the config of the training is not right");
      }
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private CdsTraining() {}
}
