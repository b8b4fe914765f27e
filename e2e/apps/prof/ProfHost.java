package truth;

import dev.stoker.scrape.loop.ProfServer;
import java.io.IOException;

/** The program beside a server that runs async-profiler: {@code PORT PORT-OF-PROF}. */
public final class ProfHost {
  public static void main(String[] args) throws IOException {
    ProfServer.serve(Integer.parseInt(args[1]));
    JvmTruth.main(args);
  }
}
