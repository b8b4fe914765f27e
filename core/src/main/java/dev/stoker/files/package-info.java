/** How Stoker writes: files and folders that nobody else may read, whatever the umask says. */
@NullMarked
package dev.stoker.files;

import org.jspecify.annotations.NullMarked;
