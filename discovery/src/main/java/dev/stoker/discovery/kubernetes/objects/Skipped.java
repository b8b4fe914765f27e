package dev.stoker.discovery.kubernetes.objects;

import dev.stoker.discovery.DroppedTarget;

/**
 * Why an object that is there is not used.
 *
 * @param why for people, about the object
 */
public record Skipped(DroppedTarget.Reason reason, String why) {}
