/** <code>discovery.eureka</code>: the instances that are registered with a Eureka server. */
@NullMarked
package dev.stoker.discovery.eureka;

import org.jspecify.annotations.NullMarked;
