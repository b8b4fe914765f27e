/** <code>discovery.file</code>: target lists in files. */
@NullMarked
package dev.stoker.discovery.file;

import org.jspecify.annotations.NullMarked;
