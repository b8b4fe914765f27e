package dev.stoker.alloy;

/**
 * What cannot be translated, or (as a note) what has been left out.
 *
 * @param line from 1
 * @param path of the argument, such as <code>pyroscope.write.default.endpoint.url</code>; "" = none
 * @param message what is wrong, and what to write instead
 */
public record AlloyProblem(int line, String path, String message) {}
