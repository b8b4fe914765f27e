package dev.stoker.write.pyroscope;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.labels.Labels;
import dev.stoker.pprof.oracle.Pprof;
import dev.stoker.write.queue.OutgoingProfile;
import org.junit.jupiter.api.Test;

class PushTest {
  @Test
  void envelope_isAPushRequest() throws Exception {
    Push push =
        Push.of(
            OutgoingProfile.of(Labels.of("__name__", "memory", "b", "ü"), new byte[] {1, 2, 3}, 0));
    byte[] wire = new byte[push.size()];
    System.arraycopy(push.envelope(), 0, wire, 0, push.envelope().length);
    System.arraycopy(push.body(), 0, wire, push.envelope().length, push.body().length);
    Pprof.RawProfileSeries series = Pprof.PushRequest.parseFrom(wire).getSeries(0);
    assertThat(series.getLabelsList())
        .extracting(l -> l.getName() + "=" + l.getValue())
        .containsExactly("__name__=memory", "b=ü");
    assertThat(series.getSamples(0).getRawProfile().toByteArray()).containsExactly(1, 2, 3);
  }
}
