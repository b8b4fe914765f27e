/** <code>discovery.http</code>: a target list over HTTP. */
@NullMarked
package dev.stoker.discovery.http;

import org.jspecify.annotations.NullMarked;
