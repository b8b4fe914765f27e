/**
 * The programs: {@link dev.stoker.app.Main} is the command <code>stoker</code>. The launcher runs
 * the two others, which compute the JVM's flags and train the class data archive.
 */
@NullMarked
package dev.stoker.app;

import org.jspecify.annotations.NullMarked;
