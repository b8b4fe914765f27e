package dev.stoker.scrape.baseline;

import dev.stoker.concurrent.FileThread;

/** The files of baselines, and the thread that alone reads and writes them. */
record BaselineStorage(BaselineFiles files, FileThread thread) {}
