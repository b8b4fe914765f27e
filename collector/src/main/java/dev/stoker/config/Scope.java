package dev.stoker.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the reading of one block shares: where problems go, and the references it has met. */
record Scope(
    Problems problems, SourceFiles files, Map<String, String> env, List<Reference> references) {
  Scope(Problems problems, SourceFiles files, Map<String, String> env) {
    this(problems, files, env, new ArrayList<>());
  }
}
