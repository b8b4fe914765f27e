/**
 * The agent: serves {@code dev.stoker.jvm.own} of the JVM that it was put into, on a port of its
 * own. Java 11, the JDK alone; must never harm its host, so whatever goes wrong ends in one line on
 * standard error.
 */
@NullMarked
package dev.stoker.agent;

import org.jspecify.annotations.NullMarked;
