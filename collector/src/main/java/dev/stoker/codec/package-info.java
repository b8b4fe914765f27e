/**
 * How bodies are inflated and deflated: by native libraries where they are, by the JDK's zlib
 * elsewhere. Nothing here knows what a profile is.
 */
@NullMarked
package dev.stoker.codec;

import org.jspecify.annotations.NullMarked;
