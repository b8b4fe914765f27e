package dev.stoker.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.config.ConfigLoader;
import dev.stoker.config.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Beginners' mistakes: what is said names what to write. */
class ConfigMistakesTest {
  private static final String GOOD =
      "pyroscope.scrape.s {\n  targets = [ { \"__address__\" = \"a:1\" } ]\n  forward_to = ["
          + " pyroscope.write.w.receiver ]\n}\npyroscope.write.w { endpoint { url = \"http://p:1\" } }\n";
  private static final String ALLOY =
      "pyroscope.scrape \"s\" {\n  targets = [{\"__address__\" = \"a:1\"}]\n  forward_to ="
          + " [pyroscope.write.w.receiver]\n}\npyroscope.write \"w\" {\n  endpoint {\n    url ="
          + " \"http://p:1\"\n  }\n}\n";

  @TempDir Path folder;

  private String said(String name, String text) throws IOException {
    LoadResult result = ConfigLoader.load(Files.writeString(folder.resolve(name), text), Map.of());
    return result instanceof LoadResult.Loaded loaded
        ? loaded.warnings().toString()
        : ((LoadResult.Failed) result).problems().toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"a:1\" }|a:1 }|:2: no valid HOCON|a value with a : in it must be in quotes",
        "targets|profiling_config { profile.heap { enabled = true } }\\n  targets|profile.heap|did you mean \"memory\"?",
        "targets|profiling_config { profile.cpu { enabled = true } }\\n  targets|profile.cpu|did you mean \"process_cpu\"?",
        "pyroscope.write.w {|pyroscope.write \"w\" {|is Alloy's syntax|name the file *.alloy",
        "http://p:1|http://p:1/ingest|endpoint.url|write the server's base URL",
        "pyroscope.write.w {|discovery.consul.c { }\\npyroscope.write.w {|discovery.consul|files for discovery.file",
      })
  void inHocon(String from, String to, String where, String what) throws IOException {
    assertThat(said("x.conf", GOOD.replace(from, to.replace("\\n", "\n")))).contains(where, what);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "forward_to|foward_to|:3: |did you mean forward_to?",
        "pyroscope.scrape|# x\\npyroscope.scrape|:1: |write // before a comment",
        "\"a:1\"|'a:1'|:2: |write strings in double quotes",
        "endpoint {|endpoint = {|:6: |is a block and no argument; write endpoint { … } without the =",
        "forward_to = [pyroscope.write.w.receiver]|forward_to { x = 1 }|:3: |is an argument and no block",
        "targets|profiling_config {\\n profile.cpu {\\n }\\n}\\n targets|:3: |did you mean profile.process_cpu?",
        "receiver]|receiver|:4: |separate elements by commas, and write ] at the end",
      })
  void inAlloysSyntax(String from, String to, String where, String what) throws IOException {
    assertThat(
            said(
                "x.alloy",
                ALLOY.replaceFirst(java.util.regex.Pattern.quote(from), to.replace("\\n", "\n"))))
        .contains(where, what);
  }

  @Test
  void yaml_isCalledSo() throws IOException {
    assertThat(said("x.conf", "scrape_configs:\n  - job_name: x\n"))
        .contains("is YAML", "__address__");
    assertThat(said("y.conf", "object_storage:\n  bucket: {}\nscrape_configs:\n  - job_name: d\n"))
        .contains("is YAML");
  }

  @Test
  void lookahead_isCalledSo() throws IOException {
    String rules =
        "discovery.relabel.r { targets = [], rules = [ { regex = \"(?!foo).*\", action = keep } ] }\n";
    assertThat(said("x.conf", GOOD + rules)).contains("RE2 has no lookahead");
  }
}
