/**
 * Stacks of Java methods and values summed by stack, and names of methods that are equal in every
 * run of a program. Shared by everything that makes profiles of JVMs. Pure values; Java 11, because
 * the agent carries them into other JVMs.
 */
@NullMarked
package dev.stoker.jvm.stack;

import org.jspecify.annotations.NullMarked;
