package dev.stoker.schema;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The state that the reading of one block shares: the problems, and the references that it has met.
 *
 * @param written the config before substitution
 */
public record Scope(
    Problems problems,
    Origins files,
    Map<String, String> env,
    List<Reference> references,
    ConfigObject written) {
  public Scope(Problems problems, Origins files, Map<String, String> env) {
    this(problems, files, env, new ArrayList<>(), ConfigFactory.empty().root());
  }

  public Scope of(ConfigObject root) {
    return new Scope(problems, files, env, references, root);
  }

  /** A scope of another component, with the same problems. */
  public Scope next() {
    return new Scope(problems, files, env, new ArrayList<>(), written);
  }

  /**
   * Why an argument that is written may have no value, for a message.
   *
   * @return to go on with ", or write …"; "" = it is not written, or not with a <code>${?NAME}
   *     </code>
   */
  public String unset(String path) {
    List<String> names = Unresolved.optional(written, path);
    return names.isEmpty()
        ? ""
        : ", because "
            + Texts.excerpt(String.join(" and ", names))
            + (names.size() == 1 ? " is" : " are")
            + " not set where this runs; set it";
  }
}
