/** The arguments that all receivers have: where they listen, and what clients may send. */
@NullMarked
package dev.stoker.receive.config;

import org.jspecify.annotations.NullMarked;
