package dev.stoker.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change under a running daemon, on a real file system, seen through the API alone. */
class ConfigWatchTest {
  /** The bound of the acceptance, with as much again for a machine that does other things. */
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir Path folder;
  private HeapTarget target;
  private PushServer pyroscope;
  private int port;

  @BeforeEach
  void servers() throws Exception {
    target = new HeapTarget();
    pyroscope = new PushServer();
    port = Daemon.freePort();
  }

  @AfterEach
  void close() {
    target.close();
    pyroscope.close();
  }

  /** All but the targets' labels, which come from an include. */
  private String main() {
    return """
        include "labels.conf"
        stoker { http.listen = "127.0.0.1:%d", storage.path = "%s" }
        pyroscope.scrape.t {
          targets = [ { "__address__" = "%s", "service_name" = "shop", "team" = ${vars.team} } ]
          scrape_interval = 1s
          profiling_config {
            profile.memory      { enabled = true }
            profile.process_cpu { enabled = false }
            profile.goroutine   { enabled = false }
            profile.mutex       { enabled = false }
            profile.block       { enabled = false }
          }
          forward_to = [ pyroscope.write.w.receiver ]
        }
        pyroscope.write.w { endpoint { url = "%s" } }
        """
        .formatted(port, folder.resolve("data"), target.address(), pyroscope.url());
  }

  private static String team(String name) {
    return "vars.team = \"" + name + "\"\n";
  }

  private Path config(Path in) throws Exception {
    Files.createDirectories(in);
    Files.writeString(in.resolve("labels.conf"), team("a"));
    return Files.writeString(in.resolve("stoker.conf"), main());
  }

  private static void awaitTeam(Daemon daemon, String name) throws Exception {
    Daemon.awaitWithin(
        SOON,
        "team " + name,
        () -> name.equals(daemon.loop("memory").getJsonObject("labels").getString("team")));
  }

  private static void awaitRefusal(Daemon daemon, Instant after, String message) throws Exception {
    Daemon.awaitWithin(
        SOON,
        "a refused reload: " + message,
        () -> {
          JsonObject last = daemon.lastReload();
          return !last.getBoolean("successful")
              && Instant.parse(last.getString("at")).isAfter(after)
              && last.getJsonArray("errors").encode().contains(message);
        });
  }

  private static Instant at(Daemon daemon) throws Exception {
    return Instant.parse(daemon.lastReload().getString("at"));
  }

  /** Reloads so far, without the start. */
  private static double reloads(Daemon daemon) throws Exception {
    double failed = daemon.metric("stoker_config_reloads_total{outcome=\"refused\"}");
    double done = daemon.metric("stoker_config_reloads_total{outcome=\"reloaded\"}");
    return failed + done;
  }

  /** Looks of the watch go on, and nothing comes of them. */
  private void nothingMoreHappens(Daemon daemon) throws Exception {
    double before = reloads(daemon);
    long scrapes = target.scrapes();
    Daemon.await("four more scrapes, more than two looks", () -> target.scrapes() >= scrapes + 4);
    assertThat(reloads(daemon)).isEqualTo(before);
  }

  @Test
  void aConfigMapsSymlinkSwap_isOneReload() throws Exception {
    Path mount = Files.createDirectories(folder.resolve("mount"));
    config(folder.resolve("mount/..1"));
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..1"));
    for (String name : new String[] {"stoker.conf", "labels.conf"}) {
      Files.createSymbolicLink(mount.resolve(name), Path.of("..data/" + name));
    }
    try (Daemon daemon = new Daemon(mount.resolve("stoker.conf"), port)) {
      awaitTeam(daemon, "a");
      for (String name : new String[] {"b", "c"}) {
        Path version = Files.createDirectories(mount.resolve(".." + name));
        Files.writeString(version.resolve("labels.conf"), team(name));
        Files.writeString(version.resolve("stoker.conf"), main());
        Path link = Files.createSymbolicLink(mount.resolve("..data_tmp"), version.getFileName());
        Path old = Files.readSymbolicLink(mount.resolve("..data"));
        Files.move(
            link,
            mount.resolve("..data"),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
        delete(mount.resolve(old));

        awaitTeam(daemon, name);
      }
      assertThat(reloads(daemon)).isEqualTo(2);
      assertThat(daemon.lastReload().getString("trigger")).isEqualTo("file");
      assertThat(daemon.lastReload().getJsonObject("loops").getInteger("kept")).isEqualTo(1);
      nothingMoreHappens(daemon);
    }
  }

  private static void delete(Path version) throws Exception {
    assertThat(Files.isDirectory(version, LinkOption.NOFOLLOW_LINKS)).isTrue();
    for (String name : new String[] {"stoker.conf", "labels.conf"}) {
      Files.delete(version.resolve(name));
    }
    Files.delete(version);
  }

  @Test
  void sedInPlace_isOneReload_andATouchIsNone() throws Exception {
    Path config = config(folder.resolve("etc"));
    Path labels = config.resolveSibling("labels.conf");
    try (Daemon daemon = new Daemon(config, port)) {
      awaitTeam(daemon, "a");
      assertThat(
              new ProcessBuilder("sed", "-i", "s/\"a\"/\"b\"/", labels.toString())
                  .inheritIO()
                  .start()
                  .waitFor())
          .isZero();

      awaitTeam(daemon, "b");

      assertThat(reloads(daemon)).isEqualTo(1);
      Files.setLastModifiedTime(
          labels, java.nio.file.attribute.FileTime.from(Instant.now().plusSeconds(60)));
      nothingMoreHappens(daemon);
    }
  }

  @Test
  void whatIsBroken_isRefused_theOldGraphStays_andRecoversByItselfWhenMended() throws Exception {
    Path config = config(folder.resolve("etc"));
    Path labels = config.resolveSibling("labels.conf");
    try (Daemon daemon = new Daemon(config, port)) {
      awaitTeam(daemon, "a");

      Instant before = at(daemon);
      Files.writeString(config, main().substring(0, main().length() - 20));
      awaitRefusal(daemon, before, "stoker.conf");
      mend(daemon, config, "b");

      before = at(daemon);
      Files.delete(labels);
      awaitRefusal(daemon, before, "labels.conf");
      mend(daemon, config, "c");

      before = at(daemon);
      Files.delete(config);
      awaitRefusal(daemon, before, "does not exist");
      mend(daemon, config, "d");

      before = at(daemon);
      Files.delete(config);
      Files.createDirectory(config);
      awaitRefusal(daemon, before, "no *.conf file");
      Files.delete(config);
      mend(daemon, config, "e");

      before = at(daemon);
      Files.delete(labels);
      Files.createSymbolicLink(labels, labels.getFileName());
      awaitRefusal(daemon, before, "labels.conf");
      Files.delete(labels);
      mend(daemon, config, "f");

      assertThat(daemon.loop("memory").getLong("scrapes"))
          .isGreaterThanOrEqualTo(target.scrapes() - 1);
      assertThat(pyroscope.pushed().stream().skip(1))
          .allSatisfy(push -> assertThat(push.values().get(0)).isEqualTo(1));
    }
  }

  /** One loop since the start, still on the labels before, then on those of the mended config. */
  private void mend(Daemon daemon, Path config, String name) throws Exception {
    assertThat(daemon.loop("memory").getJsonObject("labels").getString("team"))
        .isEqualTo(String.valueOf((char) (name.charAt(0) - 1)));
    Files.writeString(config.resolveSibling("labels.conf"), team(name));
    Files.writeString(config, main());
    awaitTeam(daemon, name);
    assertThat(daemon.lastReload().getBoolean("successful")).isTrue();
  }

  @Test
  void aSecretsFile_thatComesLate_isTakenWithoutAnotherChange() throws Exception {
    Path config = config(folder.resolve("etc"));
    Path secret = folder.resolve("password");
    try (Daemon daemon = new Daemon(config, port)) {
      awaitTeam(daemon, "a");
      Instant before = at(daemon);
      Files.writeString(
          config,
          main()
              .replace(
                  "scrape_interval",
                  "basic_auth { username = u, password_file = \""
                      + secret
                      + "\" }\nscrape_interval"));
      awaitRefusal(daemon, before, secret.toString());

      Files.writeString(secret, "hunter2");

      Daemon.awaitWithin(SOON, "recovery", () -> daemon.lastReload().getBoolean("successful"));
      assertThat(daemon.lastReload().getJsonObject("loops").getInteger("kept")).isEqualTo(1);
    }
  }

  @Test
  void aFolder_isWatchedForNewFiles_andWatchCanBeSwitchedOff() throws Exception {
    Path etc = folder.resolve("etc");
    config(etc);
    try (Daemon daemon = new Daemon(etc, port)) {
      Files.writeString(etc.resolve("more.conf"), "stoker.store.s {}\n");
      Daemon.awaitWithin(
          SOON,
          "the new store",
          () -> daemon.get("/api/v1/components").body().contains("stoker.store.s"));
      Files.writeString(etc.resolve("more.conf"), "stoker.reload.watch = false\n");
      Daemon.awaitWithin(
          SOON,
          "the store's end",
          () -> !daemon.get("/api/v1/components").body().contains("stoker.store.s"));
      Files.writeString(etc.resolve("labels.conf"), team("z"));

      nothingMoreHappens(daemon);
      assertThat(daemon.reload().status()).isEqualTo(200);
      assertThat(daemon.loop("memory").getJsonObject("labels").getString("team")).isEqualTo("z");
    }
  }
}
