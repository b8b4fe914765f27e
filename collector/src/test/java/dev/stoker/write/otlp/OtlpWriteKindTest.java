package dev.stoker.write.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import dev.stoker.write.endpoint.Protocol;
import dev.stoker.write.http.EndpointConfig;
import dev.stoker.write.http.WriteConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a config of <code>otlp.write</code> becomes. */
class OtlpWriteKindTest {
  @TempDir Path folder;

  @Test
  void eachEndpoint_speaksItsProtocol_andHasItsOwnQueue() throws IOException {
    WriteConfig config =
        ((LoadResult.Loaded)
                load(
                    """
                    endpoints = [
                      { url = "http://a:4318" }
                      { url = "http://a:4317", protocol = grpc }
                    ]
                    """))
            .config()
            .all(WriteConfig.class)
            .get(0);

    List<EndpointConfig> endpoints = config.endpoints();
    assertThat(endpoints)
        .extracting(endpoint -> (Protocol) endpoint.protocol())
        .containsExactly(OtlpProtocol.HTTP, OtlpProtocol.GRPC);
    assertThat(endpoints)
        .extracting(EndpointConfig::queueIdentity)
        .as("no queue of a pyroscope.write is theirs")
        .containsExactly("otlp\nurl\nhttp://a:4318\n", "otlp\nurl\nhttp://a:4317\n");
    assertThat(new OtlpWriteKind().demand(config).queues()).isEqualTo(2 * config.demand().queues());
  }

  @Test
  void mistakes_areNamed() throws IOException {
    assertThat(load("endpoint { url = \"http://a:4318\", protocol = http }").toString())
        .contains("grpc or http/protobuf");
    assertThat(load("").toString()).contains("endpoint { url = \"http://collector:4318\" }");
    assertThat(
            load("endpoint { url = \"http://a\", headers { grpc-encoding = identity } }")
                .toString())
        .contains("is set by the push protocol itself");
    assertThat(load("endpoint { url = \"http://a/v1development/profiles\" }").toString())
        .contains("names the path of profiles");
  }

  private LoadResult load(String block) throws IOException {
    Path file = folder.resolve("otlp.conf");
    Files.writeString(
        file,
        """
        pyroscope.scrape.s {
          targets = [ { "__address__" = "127.0.0.1:9", service_name = "a" } ]
          forward_to = [ otlp.write.w.receiver ]
        }
        otlp.write.w {
        BLOCK
        }
        """
            .replace("BLOCK", block));
    return ConfigLoader.load(file);
  }
}
