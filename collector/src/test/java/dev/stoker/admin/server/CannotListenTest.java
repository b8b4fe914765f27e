package dev.stoker.admin.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the transport says: the message names address, setting and reason. */
class CannotListenTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bind(..) failed with error(-13): Permission denied | not permitted: ports below 1024",
        "Operation not permitted | not permitted: ports below 1024",
        "bind(..) failed with error(-98): Address already in use | in use by another process",
        "Cannot assign requested address | this machine has no such address",
      })
  void theReason_isInWordsForPeople(String words, String reason) {
    assertThat(new CannotListen("127.0.0.1", 80, new IOException(words)).getMessage())
        .startsWith("cannot listen on 127.0.0.1:80 (stoker.http.listen or --listen): " + reason);
  }

  @Test
  void anAddressOfIpv6_hasItsBrackets() {
    assertThat(new CannotListen("::1", 80, new IOException("x")).getMessage())
        .isEqualTo("cannot listen on [::1]:80 (stoker.http.listen or --listen): x");
  }
}
