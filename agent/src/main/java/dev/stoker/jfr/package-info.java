/**
 * JFR recordings into stacks and values. Pure functions on bytes: the JDK and jfr-converter's
 * reader, no event loop, no files.
 */
@NullMarked
package dev.stoker.jfr;

import org.jspecify.annotations.NullMarked;
