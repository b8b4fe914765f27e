package dev.stoker.write.disk;

/**
 * @param bytes that a queue's files may have; 0 = no bound
 * @param minFree bytes that must stay free on the file system; 0 = all may be used
 * @param fsync when written records are forced to the disk
 */
public record DiskBounds(long bytes, long minFree, Fsync fsync) {}
