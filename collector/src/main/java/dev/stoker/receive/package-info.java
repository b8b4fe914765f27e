/**
 * What all components that take pushed profiles have in common, whatever protocol their clients
 * speak: the labels that a sender may set, the look at bodies, the answer that follows from what
 * the receivers take, and what is known of the clients. The rooms of the protocols call it on the
 * control context.
 */
@NullMarked
package dev.stoker.receive;

import org.jspecify.annotations.NullMarked;
