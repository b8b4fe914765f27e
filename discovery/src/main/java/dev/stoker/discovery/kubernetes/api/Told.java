package dev.stoker.discovery.kubernetes.api;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** What an answer of the API server tells, piece by piece. */
public sealed interface Told {
  /** Up to which version of all objects of its kind this tells; "" = it does not say. */
  default String version() {
    return "";
  }

  /** There is such an object: an item of a list, or one that a watch saw come or change. */
  record There(HasMetadata object, String version) implements Told {}

  /**
   * There is such an object, and it cannot be used.
   *
   * @param key "" = not even its name can be read
   * @param why for people
   */
  record Odd(String key, String version, String why) implements Told {}

  /** There is no such object any more. */
  record Gone(String key, String version) implements Told {}

  /** Nothing else has happened up to this version. */
  record Bookmark(String version) implements Told {}

  /**
   * All items of a page have been told.
   *
   * @param next how to ask for the next one, "" = it was the last
   */
  record PageEnd(String version, String next) implements Told {}

  /** The watch cannot go on. */
  record Refused(ApiFailure failure) implements Told {}
}
