/**
 * What all protocols over HTTP have in common: the config of their components and endpoints, the
 * client that sends one request and reads its answer, and what a status means. A protocol's room
 * adds the body of a request, and what of an answer is its own. The control context owns it.
 */
@NullMarked
package dev.stoker.write.http;

import org.jspecify.annotations.NullMarked;
