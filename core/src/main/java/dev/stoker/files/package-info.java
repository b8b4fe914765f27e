/**
 * How Stoker writes files: files and folders that nobody else may read, whatever the umask says.
 * Small files that a config names are read here too, within bounds of time and memory.
 */
@NullMarked
package dev.stoker.files;

import org.jspecify.annotations.NullMarked;
