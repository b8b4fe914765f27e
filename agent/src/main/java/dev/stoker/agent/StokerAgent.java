package dev.stoker.agent;

import java.io.IOException;
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
    } catch (LinkageError missing) {
      say("does not run: this Java runtime lacks a module (jdk.jfr, jdk.httpserver): " + missing);
    }
  }

  @SuppressWarnings("SystemOut") // The host's logging is not ours to use.
  private static void say(String text) {
    System.err.println("stoker-agent " + text);
  }
}
