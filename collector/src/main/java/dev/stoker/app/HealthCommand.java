package dev.stoker.app;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Plain JDK HTTP: a container runs this every few seconds, so it must start fast. */
@Command(name = "health", description = "Exits with 0 when a running Stoker answers /-/healthy.")
final class HealthCommand implements Callable<Integer> {
  private static final int TIMEOUT_MILLIS = 5_000;

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = "http://127.0.0.1:12345",
      description = "Base URL of the admin server (default: ${DEFAULT-VALUE}).")
  private String base = "";

  @Override
  public Integer call() {
    try {
      HttpURLConnection connection = (HttpURLConnection) url().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      int status = connection.getResponseCode();
      if (status == 200) {
        System.out.println("healthy");
        return 0;
      }
      System.err.println("not healthy: " + url() + " answers with status " + status);
    } catch (IOException | IllegalArgumentException | ClassCastException unreachable) {
      System.err.println("not healthy: cannot ask " + base + ": " + unreachable.getMessage());
    }
    return 1;
  }

  private URL url() throws MalformedURLException {
    String trimmed = base.replaceAll("/+$", "");
    return URI.create(trimmed.endsWith("/-/healthy") ? trimmed : trimmed + "/-/healthy").toURL();
  }
}
