package dev.stoker.alloy.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.alloy.syntax.AlloyError;
import dev.stoker.alloy.syntax.Parser;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Value;
import dev.stoker.alloy.syntax.Value.Text;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Expressions and what they come to, as JSON. The page is the one of Alloy's documentation from
 * which the value follows: reference/stdlib/PAGE, or "expressions" for those of
 * get-started/configuration-syntax.
 */
class StandardLibraryTest {
  /** EXPRESSION | JSON | PAGE */
  @ParameterizedTest
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '`',
      value = {
        "array.concat([]) | [] | array",
        "array.concat([1, 2], [3, 4]) | [1,2,3,4] | array",
        "array.concat([1, 2], [], [true, null]) | [1,2,true,null] | array",
        "concat([[1, 2], [3, 4]], [[5, 6]]) | [[1,2],[3,4],[5,6]] | array",
        "array.combine_maps([{i=\"1\", t=\"A\"}], [{i=\"1\", c=\"p\"}], [\"i\"]) |"
            + " [{\"c\":\"p\",\"i\":\"1\",\"t\":\"A\"}] | array",
        "array.combine_maps([{i=\"1\", t=\"A\"}], [{i=\"1\", t=\"B\"}], [\"i\"]) |"
            + " [{\"i\":\"1\",\"t\":\"B\"}] | array",
        "array.combine_maps([{i=\"1\", t=\"A\"}, {i=\"1\", t=\"B\"}], [{i=\"1\", c=\"p\"}, {i=\"1\","
            + " c=\"o\"}], [\"i\"]) | [{\"c\":\"p\",\"i\":\"1\",\"t\":\"A\"},{\"c\":\"o\",\"i\":\"1\",\"t\":\"A\"},"
            + "{\"c\":\"p\",\"i\":\"1\",\"t\":\"B\"},{\"c\":\"o\",\"i\":\"1\",\"t\":\"B\"}] | array",
        "array.combine_maps([{i=\"1\"}, {i=\"2\"}], [{i=\"1\", c=\"p\"}], [\"i\"]) |"
            + " [{\"c\":\"p\",\"i\":\"1\"}] | array",
        "array.combine_maps([{i=\"1\"}, {i=\"2\"}], [{i=\"1\", c=\"p\"}], [\"i\"], true) |"
            + " [{\"c\":\"p\",\"i\":\"1\"},{\"i\":\"2\"}] | array",
        "array.group_by([{t=\"f\", n=\"a\"}, {t=\"v\", n=\"c\"}, {t=\"f\", n=\"b\"}, {n=\"r\"}], \"t\", false) |"
            + " [{\"items\":[{\"n\":\"a\",\"t\":\"f\"},{\"n\":\"b\",\"t\":\"f\"}],\"t\":\"f\"},"
            + "{\"items\":[{\"n\":\"c\",\"t\":\"v\"}],\"t\":\"v\"},{\"items\":[{\"n\":\"r\"}],\"t\":\"\"}] | array",
        "array.group_by([{t=\"f\"}, {n=\"r\"}], \"t\", true) |"
            + " [{\"items\":[{\"t\":\"f\"}],\"t\":\"f\"}] | array",
        "coalesce(\"\", \"a\", \"b\") | \"a\" | coalesce",
        "coalesce([], null, {}) | {} | coalesce",
        "coalesce() | null | coalesce",
        "coalesce(sys.env(\"UNSET\"), \"d\") == \"d\" | true | coalesce",
        "string.to_upper(coalesce(sys.env(\"UNSET\"), sys.env(\"SET\"))) | \"VALUE\" | coalesce",
        "constants.os | \"linux\" | constants",
        "convert.nonsensitive(\"a\") | \"a\" | convert",
        "encoding.from_base64(\"dGFuZ2VyaW5l\") | \"tangerine\" | encoding",
        "encoding.from_URLbase64(\"c3RyaW5nMTIzIT8kKiYoKSctPUB-\") | \"string123!?$*\\u0026()'-=@~\" |"
            + " encoding",
        "encoding.to_base64(\"string123!?$*&()'-=@~\") | \"c3RyaW5nMTIzIT8kKiYoKSctPUB+\" | encoding",
        "encoding.to_URLbase64(\"string123!?$*&()'-=@~\") | \"c3RyaW5nMTIzIT8kKiYoKSctPUB-\" | encoding",
        "encoding.url_encode(\"string123!?$*&()'-=@~\") |"
            + " \"string123%21%3F%24%2A%26%28%29%27-%3D%40~\" | encoding",
        "encoding.url_decode(\"string123%21%3F%24%2A%26%28%29%27-%3D%40~\") |"
            + " \"string123!?$*\\u0026()'-=@~\" | encoding",
        "encoding.to_json({\"m\"={\"t\"=\"5s\",\"h\"={\"A\"=sys.env(\"SET\")}}}) |"
            + " \"{\\\"m\\\":{\\\"h\\\":{\\\"A\\\":\\\"value\\\"},\\\"t\\\":\\\"5s\\\"}}\" | encoding",
        "encoding.from_json(\"15\") | 15 | encoding",
        "encoding.from_json(\"[1, 2, 3]\") | [1,2,3] | encoding",
        "encoding.from_json(\"null\") | null | encoding",
        "encoding.from_json(\"{\\\"key\\\": \\\"value\\\"}\").key | \"value\" | encoding",
        "encoding.from_yaml(\"15\") | 15 | encoding",
        "encoding.from_yaml(\"[1, 2, 3]\") | [1,2,3] | encoding",
        "encoding.from_yaml(\"null\") | null | encoding",
        "encoding.from_yaml(\"key: value\") | {\"key\":\"value\"} | encoding",
        "yaml_decode(\"a: [x, {b: 1.5}]\").a[1].b | 1.5 | encoding",
        "file.path_join() | \"\" | file",
        "file.path_join(\"this/is\", \"a/path\") | \"this/is/a/path\" | file",
        "file.path_join(\"/a/\", \"\", \"../b\") | \"/b\" | file",
        "file.path_join(\"/..\", \"./b//c\") | \"/b/c\" | file",
        "file.path_join(\"..\", \"a\", \"../../b\") | \"../../b\" | file",
        "file.path_join(\"a\", \"..\") | \".\" | file",
        "json_path(\"{\\\"key\\\": \\\"value\\\"}\", \".key\") | [\"value\"] | json_path",
        "json_path(\"{\\\"key\\\": \\\"value\\\"}\", \".key\")[0] | \"value\" | json_path",
        "json_path(\"{\\\"key\\\": \\\"value\\\"}\", \".nonexists\") | [] | json_path",
        "json_path(\"[{\\\"name\\\": \\\"Department\\\",\\\"value\\\": \\\"IT\\\"},{\\\"name\\\":\\\"T\\\",\\\"value\\\":\\\"P\\\"}]\","
            + " \"[?(@.name == \\\"Department\\\")].value\") | [\"IT\"] | json_path",
        "json_path(\"{\\\"a\\\": [{\\\"b\\\": 1}, {\\\"b\\\": 2}]}\", \"$.a[*].b\") | [1,2] | json_path",
        "json_path(\"{\\\"a\\\": [{\\\"b\\\": 1}, {\\\"b\\\": 2}]}\", \"$..b\") | [1,2] | json_path",
        "json_path(\"{\\\"a\\\": [{\\\"b\\\": 1}, {\\\"b\\\": 2}]}\", \"$['a'][-1].b\") | [2] | json_path",
        "string.format(\"Hello, %s!\", \"Ander\") | \"Hello, Ander!\" | string",
        "string.format(\"There are %d lights\", 4) | \"There are 4 lights\" | string",
        "string.format(\"%t %t %%\", true, \"false\") | \"true false %\" | string",
        "string.format(\"%b %o %x %X %d\", 5, 8, 255, 255, \"7\") | \"101 10 ff FF 7\" | string",
        "string.format(\"%e %E\", 1234.456, 0.5) | \"1.234456e+03 5.000000E-01\" | string",
        "string.format(\"%f %5.2f|%-6.1f|%06.2f\", 123.456, 3.14159, 2, -1.5) |"
            + " \"123.456000  3.14|2.0   |-01.50\" | string",
        "string.format(\"%g %g %G\", 0.5, 10000000, 0.00001) | \"0.5 1e+07 1E-05\" | string",
        "string.format(\"%q %s %s %5s|%-5s|\", \"a\\\"b\", 1.5, true, \"x\", \"y\") |"
            + " \"\\\"a\\\\\\\"b\\\" 1.5 true     x|y    |\" | string",
        "string.format(\"%[2]s %[1]s %s\", \"a\", \"b\") | \"b a b\" | string",
        "string.format(\"%v %v %+d %#x %05d\", 7 / 2, 7.5, 3, 10, 42) | \"3 7.5 +3 0xa 00042\" | string",
        "string.join([\"foo\", \"bar\", \"baz\"], \"-\") | \"foo-bar-baz\" | string",
        "string.join([\"foo\"], \", \") | \"foo\" | string",
        "string.replace(\"1 + 2 + 3\", \"+\", \"-\") | \"1 - 2 - 3\" | string",
        "string.split(\"foo,bar,baz\", \",\" ) | [\"foo\",\"bar\",\"baz\"] | string",
        "string.split(\"foo\", \",\") | [\"foo\"] | string",
        "string.split(\"\", \",\") | [\"\"] | string",
        "string.to_lower(\"HELLO\") | \"hello\" | string",
        "string.to_upper(\"hello\") | \"HELLO\" | string",
        "string.trim(\"?!hello?!\", \"!?\") | \"hello\" | string",
        "string.trim(\"foobar\", \"far\") | \"oob\" | string",
        "string.trim(\"   hello! world.!  \", \"! \") | \"hello! world.\" | string",
        "string.trim_prefix(\"helloworld\", \"hello\") | \"world\" | string",
        "string.trim_suffix(\"helloworld\", \"world\") | \"hello\" | string",
        "string.trim_space(\"  hello\\n\\n\") | \"hello\" | string",
        "string.to_lower(sys.env(\"SET\") + \"X\") | \"valuex\" | sys",
        "sys.env(\"SET\") == \"value\" | true | sys",
        "sys.env(\"UNSET\") != \"\" | false | sys",
        "1 + 2 * 3 ^ 2 | 19 | expressions",
        "2 ^ 3 ^ 2 | 512 | expressions",
        "7 % 4 - 10 / 4 | 1 | expressions",
        "(1 + 2) * -3 | -9 | expressions",
        "\"a\" < \"b\" && \"b\" >= \"b\" && !(\"a\" > \"b\") | true | expressions",
        "[1, {a = \"x\"}] == [1, {a = \"x\"}] | true | expressions",
        "{a = 1} != {a = 2} || false | true | expressions",
        "1 == 1.0 | true | expressions",
        "{größe = \"x\"}.größe | \"x\" | expressions",
        "{a = {b = [1, 2]}}[\"a\"].b[1] | 2 | expressions",
        "{a = 1, a = 2} | {\"a\":2} | expressions",
      })
  void anExpression_comesToWhatTheDocumentationSays(String expression, String json, String page)
      throws AlloyError {
    assertThat(page).isNotBlank();
    assertThat(Encoding.json(evaluate(expression), 1)).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "encoding.from_base64(\"a\") | no Base64",
        "encoding.from_base64(\"/////w==\") | no Base64 of a text",
        "encoding.url_decode(\"%zz\") | a % that no two hexadecimal digits follow",
        "encoding.from_yaml(\"a: [\") | no well-formed YAML",
        "encoding.from_yaml(\"a: 2020-01-01\") | write it as a string",
        "encoding.from_yaml(\"a: &a [x]\\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\\nd: &d"
            + " [*c,*c,*c,*c,*c,*c,*c,*c]\\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\\nf: [*d,*d,*d,*d,*d,*d,*d,*d]\\ng:"
            + " [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\") | too long",
        "encoding.to_json(discovery.file.a.targets) | cannot become JSON",
        "json_path(\"{}\", \"$[?(@.a > 1)]\") | json_path knows",
        "string.format(\"%d\", \"x\") | cannot put a string of this value into %d",
        "string.format(\"%d\", 1.5) | cannot put a number of this value into %d",
        "string.format(\"%y\", 1) | knows the verbs",
        "string.format(\"%[3]s\", 1) | fewer arguments than verbs",
        "string.format(\"%s\", \"a\", \"b\") | more arguments than verbs",
        "string.trim(\"a\") | takes 2 arguments, but has 1",
        "string.upper(\"a\") | there is no function string.upper",
        "array.combine_maps(discovery.file.a.targets, [], [\"a\"]) | is known while Stoker runs only",
        "array.combine_maps([\"x\"], [], [\"a\"]) | takes a list of objects, but has a string",
        "array.group_by([{a = 1}], \"a\", true) | must be a string, but is a number",
        "\"a\" - \"b\" | the operator - does not take a string and a string",
        "1 < \"a\" | the operator < does not take a number and a string",
      })
  void whatHasNoValue_isAnErrorThatSaysWhy(String expressionAndMessage) {
    String[] parts = expressionAndMessage.split(" \\| ", 2);
    assertThatThrownBy(() -> evaluate(parts[0]))
        .isInstanceOf(AlloyError.class)
        .hasMessageContaining(parts[1]);
  }

  private static Value evaluate(String expression) throws AlloyError {
    Statement.Body body = Parser.parse("x = " + expression + "\n", 0, name -> false);
    Statement.Attribute attribute = (Statement.Attribute) body.statements().get(0);
    Config config = new Config();
    return Variables.filledIn(new Evaluator(config).evaluate(attribute.value()), config);
  }

  private static final class Config implements Evaluator.Surroundings {
    private final Map<String, String> env = Map.of("SET", "value");
    private List<Text> alternatives = List.of();

    @Override
    public Evaluator.@Nullable LocalFile localFile(String label) {
      return null;
    }

    @Override
    public String read(Text file, int line) {
      return "";
    }

    @Override
    public @Nullable String missing(String path) {
      return null;
    }

    @Override
    public void note(int line, String message) {}

    @Override
    public String variable(List<Text> texts) {
      alternatives = texts;
      return "vars.x";
    }

    @Override
    public String environment(String path) {
      return path.equals("vars.x")
          ? alternatives.stream()
              .map(each -> Variables.text(each, this).plain())
              .filter(each -> !each.isEmpty())
              .findFirst()
              .orElse("")
          : env.getOrDefault(path, "");
    }
  }
}
