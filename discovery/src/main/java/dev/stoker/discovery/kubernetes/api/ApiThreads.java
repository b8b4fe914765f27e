package dev.stoker.discovery.kubernetes.api;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.StandardHttpClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one API server's client. Requests are sent from a pool, because a name is looked
 * up and files are read for them. What comes in is decrypted and parsed on the client's own thread,
 * without a hop from thread to thread for each piece of it: hops were most of what a busy watch
 * cost.
 */
final class ApiThreads extends JdkHttpClientFactory implements Executor, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ApiThreads.class);
  private static final int THREADS = 2;
  private static final long IDLE_SECONDS = 60;

  private final ScheduledThreadPoolExecutor pool;
  private @Nullable SSLContext tls;

  ApiThreads() {
    AtomicInteger count = new AtomicInteger();
    pool =
        new ScheduledThreadPoolExecutor(
            THREADS,
            work -> {
              Thread thread = new Thread(work, "kubernetes-api-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    pool.allowCoreThreadTimeOut(true);
    pool.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  protected java.net.http.HttpClient.Builder createNewHttpClientBuilder() {
    return java.net.http.HttpClient.newBuilder().executor(Runnable::run);
  }

  @Override
  protected void additionalConfig(java.net.http.HttpClient.Builder client) {
    SSLContext instead = tls;
    if (instead != null) {
      client.sslContext(instead);
    }
  }

  /** Makes the client that uses these threads. Called once. */
  HttpClient client(Config config) {
    HttpClient.Builder builder = newBuilder(config);
    if (builder instanceof StandardHttpClientBuilder<?, ?, ?> known) {
      tls = NativeTls.of(known);
    }
    return builder.build();
  }

  @Override
  public void execute(Runnable work) {
    pool.execute(work);
  }

  /** Does nothing once it is closed. */
  void after(Duration pause, Runnable work) {
    try {
      pool.schedule(work, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      log.debug("nobody waits for what would come: the client is closed");
    }
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
