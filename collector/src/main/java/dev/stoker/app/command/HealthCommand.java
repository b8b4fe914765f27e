package dev.stoker.app.command;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.util.concurrent.Callable;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Plain JDK HTTP: a container runs this every few seconds, so it must start fast. */
@Command(name = "health", description = "Exits with 0 when a running Stoker answers /-/healthy.")
public final class HealthCommand implements Callable<Integer> {
  private static final int TIMEOUT_MILLIS = 5_000;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:12345",
      description = "Base URL of the admin server (default: ${DEFAULT-VALUE}).")
  private String base = "";

  @Option(
      names = "--insecure",
      description = "Takes any certificate: the question is whether it lives, not who it is.")
  private boolean insecure;

  @Override
  public Integer call() {
    try {
      HttpURLConnection connection = (HttpURLConnection) url().openConnection();
      if (insecure && connection instanceof HttpsURLConnection https) {
        trustAll(https);
      }
      // A redirect to a login page, which answers 200, is no sign of life.
      connection.setInstanceFollowRedirects(false);
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

  private static void trustAll(HttpsURLConnection https) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
      https.setSSLSocketFactory(context.getSocketFactory());
      https.setHostnameVerifier((host, session) -> true);
    } catch (GeneralSecurityException noTls) {
      throw new IOException(noTls);
    }
  }

  private URL url() throws MalformedURLException {
    String trimmed = base.replaceAll("/+$", "");
    return URI.create(trimmed.endsWith("/-/healthy") ? trimmed : trimmed + "/-/healthy").toURL();
  }
}
