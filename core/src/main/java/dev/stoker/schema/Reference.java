package dev.stoker.schema;

/**
 * The use of another component's export.
 *
 * @param component id of the other
 * @param wanted what the argument takes
 * @param place of the reference, for messages
 * @param path of the argument that holds it
 */
public record Reference(
    String component, String export, Export.Type wanted, Place place, String path) {}
