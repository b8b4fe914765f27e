/**
 * Reads the files of a config: includes, Alloy files, bounds on sizes, and the places of all lines.
 * It notes what was read, so that a reload can see a change. The loader and the conversion of Alloy
 * files call it. It blocks on files.
 */
@NullMarked
package dev.stoker.config.source;

import org.jspecify.annotations.NullMarked;
