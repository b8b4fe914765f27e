package dev.stoker.config;

import java.util.ArrayList;
import java.util.List;

/** What the reading of one block shares: where problems go, and the references it has met. */
record Scope(Problems problems, SourceFiles files, List<Reference> references) {
  Scope(Problems problems, SourceFiles files) {
    this(problems, files, new ArrayList<>());
  }
}
