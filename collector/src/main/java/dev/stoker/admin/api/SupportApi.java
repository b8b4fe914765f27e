package dev.stoker.admin.api;

import dev.stoker.admin.route.Answers;
import dev.stoker.concurrent.CpuPool;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * <code>GET /-/support</code>: a zip of what somebody who helps needs to see, nothing that is
 * secret: each part is what a page or the API shows, or what is logged. One at a time.
 */
public final class SupportApi {
  private static final Logger log = LoggerFactory.getLogger(SupportApi.class);

  /** A part is cut there: 5,000 targets take less. */
  private static final int MAX_PART = 16 << 20;

  private static final int MAX_THREADS = 500;
  private static final int MAX_FRAMES = 60;

  private final List<Part> parts;
  private final CpuPool cpu;
  private boolean running;

  /**
   * A file in the zip.
   *
   * @param content asked on the control context; UTF-8
   */
  public record Part(String file, Supplier<Buffer> content) {}

  public SupportApi(List<Part> parts, CpuPool cpu) {
    this.parts = List.copyOf(parts);
    this.cpu = cpu;
  }

  public void bundle(RoutingContext context) {
    if (running) {
      Answers.error(context, 503, "another support bundle is being made; try again");
      return;
    }
    running = true;
    List<Entry> entries = new ArrayList<>();
    parts.forEach(part -> entries.add(new Entry(part.file(), part.content().get())));
    cpu.submit(() -> zip(entries))
        .onComplete(
            made -> {
              running = false;
              if (made.succeeded()) {
                send(context, made.result());
              } else {
                log.error("bug: no support bundle", made.cause());
                Answers.error(context, 500, "internal error, see the log");
              }
            });
  }

  private static void send(RoutingContext context, Buffer zip) {
    if (!context.response().ended() && !context.response().closed()) {
      context
          .response()
          .putHeader(HttpHeaders.CONTENT_TYPE, "application/zip")
          .putHeader("Content-Disposition", "attachment; filename=\"stoker-support.zip\"")
          .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
          .end(zip);
    }
  }

  private record Entry(String file, Buffer content) {}

  private static Buffer zip(List<Entry> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Entry entry : entries) {
        add(zip, entry);
      }
      add(zip, new Entry("threads.txt", Buffer.buffer(threads())));
    }
    return Buffer.buffer(bytes.toByteArray());
  }

  private static void add(ZipOutputStream zip, Entry entry) throws IOException {
    zip.putNextEntry(new ZipEntry(entry.file()));
    Buffer content = entry.content();
    zip.write(content.getBytes(0, Math.min(MAX_PART, content.length())));
    if (content.length() > MAX_PART) {
      String cut = "\n… cut, it has " + content.length() + " bytes\n";
      zip.write(cut.getBytes(StandardCharsets.UTF_8));
    }
    zip.closeEntry();
  }

  private static String threads() {
    ThreadInfo[] all = ManagementFactory.getThreadMXBean().dumpAllThreads(false, false, MAX_FRAMES);
    StringBuilder text = new StringBuilder(all.length + " threads\n");
    for (ThreadInfo thread : List.of(all).subList(0, Math.min(MAX_THREADS, all.length))) {
      text.append('\n').append(thread.getThreadName()).append(' ').append(thread.getThreadState());
      if (thread.getLockName() != null) {
        text.append(" on ").append(thread.getLockName());
      }
      for (StackTraceElement frame : thread.getStackTrace()) {
        text.append("\n  at ").append(frame);
      }
      text.append('\n');
    }
    return text.toString();
  }
}
