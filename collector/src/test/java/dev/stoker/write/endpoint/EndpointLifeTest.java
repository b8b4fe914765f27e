package dev.stoker.write.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EndpointLifeTest {
  private final EndpointLife life = new EndpointLife();
  private final AtomicInteger cancelled = new AtomicInteger();

  @Test
  void eachStep_isTakenOnce_andTheDeadlineEndsWithTheDraining() {
    assertThat(life.isOpen()).isTrue();
    assertThat(life.drain()).isTrue();
    life.until(cancelled::incrementAndGet);
    assertThat(life.drain()).isFalse();
    assertThat(life.isOpen()).isFalse();
    assertThat(life.sends()).isTrue();

    assertThat(life.close()).isTrue();
    assertThat(life.close()).isFalse();
    assertThat(life.sends()).isFalse();
    assertThat(life.isDraining()).isFalse();
    assertThat(cancelled).hasValue(1);

    life.closed();
    assertThat(life.isClosed()).isTrue();
    assertThat(life.close()).isFalse();
    assertThat(life.drain()).as("it never goes back").isFalse();
    assertThat(life.whenClosed().isComplete()).isFalse();
    life.ended();
    assertThat(life.whenClosed().succeeded()).isTrue();
  }
}
