package dev.stoker.scrape.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import dev.stoker.scrape.loop.Configs;
import dev.stoker.scrape.target.Target;
import dev.stoker.scrape.target.TargetFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user reads about a fetch that failed. */
class FetchErrorsTest {
  @Test
  void errors_sayWhatToDo() {
    Target target =
        new TargetFactory(Configs.of(Configs.CPU))
            .create(List.of(Labels.of("__address__", "a:1")))
            .active()
            .get(0);
    assertThat(
            status(target, 500, "Could not enable CPU profiling: cpu profiling already in use\n")
                .outcome())
        .isEqualTo(Outcome.BUSY);
    assertThat(status(target, 400, "profile duration exceeds server's WriteTimeout\n").message())
        .contains("seconds=14", "WriteTimeout", "delta_profiling_duration");
    assertThat(status(target, 404, "404 page not found\n"))
        .isEqualTo(
            new FetchErrors.Verdict(
                Outcome.NOT_FOUND,
                "404 not found: 404 page not found; the target does not serve /debug/pprof/profile:"
                    + " set profile.process_cpu.path or switch it off with enabled = false"));
    assertThat(status(target, 503, "x".repeat(5_000) + "\u0000\u001b[31m").message().length())
        .isLessThan(300);
  }

  @Test
  void profileOfLeaks_thatIsNotThere_saysHowAProgramGetsIt() {
    Target target =
        new TargetFactory(Configs.of(Configs.type("goroutine_leak")))
            .create(List.of(Labels.of("__address__", "a:1")))
            .active()
            .get(0);
    assertThat(status(target, 404, "Unknown profile\n").message())
        .contains("Unknown profile", "GOEXPERIMENT=goroutineleakprofile");
  }

  private static FetchErrors.Verdict status(Target target, int status, String body) {
    return FetchErrors.status(target, status, body.getBytes(StandardCharsets.UTF_8));
  }
}
