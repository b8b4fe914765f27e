package dev.stoker.scrape.component;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConnectionsTest {
  @Test
  void heapAndOpenFiles_boundThem_andTheyAreNeverNone() {
    assertThat(Connections.of(13_000_000, 1 << 20)).isEqualTo(new Connections(500, 500));
    assertThat(Connections.of(13_000_000, 0)).isEqualTo(new Connections(500, 500));
    assertThat(Connections.of(13_000_000, 1_112).all()).isEqualTo(300);
    assertThat(Connections.of(13_000_000, 100)).isEqualTo(new Connections(16, 16));
    assertThat(Connections.of(0, 1 << 20)).isEqualTo(new Connections(16, 16));
  }
}
