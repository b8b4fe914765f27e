package dev.stoker.receive;

/**
 * Who has sent a request.
 *
 * @param address without the port
 * @param agent the header User-Agent as it came, "" = none
 * @param tenant valid, or "" = none
 */
public record Sender(String address, String agent, String tenant) {}
