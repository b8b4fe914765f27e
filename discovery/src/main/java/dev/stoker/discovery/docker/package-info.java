/** <code>discovery.docker</code>: containers of a Docker engine as targets. */
@NullMarked
package dev.stoker.discovery.docker;

import org.jspecify.annotations.NullMarked;
