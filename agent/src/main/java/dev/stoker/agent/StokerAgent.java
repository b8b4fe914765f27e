package dev.stoker.agent;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the JVM enters: <code>-javaagent:stoker-agent.jar[=OPTIONS]</code>, or into a running JVM
 * by {@link AttachMain}. Never throws into its host.
 */
public final class StokerAgent {
  private static @Nullable AgentServer server;

  private StokerAgent() {}

  public static void premain(@Nullable String options) {
    start(options);
  }

  public static void agentmain(@Nullable String options) {
    start(options);
  }

  /** Loaded twice, the first one stays. */
  private static synchronized void start(@Nullable String options) {
    AgentServer running = server;
    if (running != null) {
      say("is here already, on port " + running.port());
      return;
    }
    try {
      for (String module : List.of("jdk.jfr", "java.management")) {
        if (ModuleLayer.boot().findModule(module).isEmpty()) {
          say("does not run: this Java runtime lacks the module " + module);
          return;
        }
      }
      AgentOptions parsed = AgentOptions.parse(options == null ? "" : options);
      try {
        AgentServer created = new AgentServer(parsed);
        created.start();
        server = created;
        say("answers /debug/pprof/ on " + parsed.host() + ":" + created.port());
      } catch (IOException taken) {
        say("cannot listen on " + parsed + " (" + taken.getMessage() + "); set another port=");
      }
    } catch (IllegalArgumentException wrong) {
      say("does not run: " + wrong.getMessage());
    } catch (SecurityException forbidden) {
      say("does not run: this JVM's security manager forbids it: " + forbidden.getMessage());
    } catch (LinkageError missing) {
      say("does not run: this Java runtime lacks something: " + missing);
    } catch (Throwable other) {
      // Thrown out of premain, it would stop the application.
      say("does not run: " + other);
    }
  }

  @SuppressWarnings("SystemOut") // The host's logging is not ours to use.
  private static void say(String text) {
    System.err.println("stoker-agent " + text);
  }
}
