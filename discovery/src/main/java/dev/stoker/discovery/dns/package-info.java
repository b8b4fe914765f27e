/** <code>discovery.dns</code>: DNS records as targets. */
@NullMarked
package dev.stoker.discovery.dns;

import org.jspecify.annotations.NullMarked;
