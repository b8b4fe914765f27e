/**
 * The composition root: command line, start and stop order, wiring. The only package that sees all
 * others; holds no logic of its own.
 */
@NullMarked
package dev.stoker.app;

import org.jspecify.annotations.NullMarked;
