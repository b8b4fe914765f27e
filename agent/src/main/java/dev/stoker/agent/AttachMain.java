package dev.stoker.agent;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;

/**
 * <code>java -jar stoker-agent.jar PID [OPTIONS]</code>: puts the agent into a running JVM of the
 * same user. Needs a JDK (module jdk.attach).
 */
public final class AttachMain {
  private AttachMain() {}

  public static void main(String[] args) throws URISyntaxException {
    if (args.length < 1 || args.length > 2 || !args[0].matches("\\d+")) {
      System.err.println(
          "usage: java -jar stoker-agent.jar PID [port=6060,host=127.0.0.1,token_file=FILE]");
      System.exit(2);
    }
    String jar =
        new File(AttachMain.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .getAbsolutePath();
    try {
      VirtualMachine target = VirtualMachine.attach(args[0]);
      try {
        target.loadAgent(jar, args.length > 1 ? args[1] : "");
      } finally {
        target.detach();
      }
    } catch (AttachNotSupportedException
        | AgentLoadException
        | AgentInitializationException
        | IOException failed) {
      System.err.println(
          "stoker-agent: cannot enter process "
              + args[0]
              + " ("
              + failed.getMessage()
              + "); it must be a JVM of the same user, and may forbid it by"
              + " -XX:+DisableAttachMechanism");
      System.exit(1);
    }
  }
}
