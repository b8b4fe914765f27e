package dev.stoker.write.disk;

import dev.stoker.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** The calls to the file system that a test replaces to make a disk fail. They block. */
public interface DiskFiles {
  DiskFiles REAL =
      new DiskFiles() {
        @Override
        public FileChannel open(Path path, OpenOption... options) throws IOException {
          return PrivateFiles.open(path, options);
        }

        @Override
        public long usableSpace(Path folder) throws IOException {
          // FileStore would read the table of mounts each time.
          long free = folder.toFile().getUsableSpace();
          if (free == 0 && !Files.exists(folder)) {
            throw new NoSuchFileException(folder.toString());
          }
          return free;
        }
      };

  FileChannel open(Path path, OpenOption... options) throws IOException;

  /** Bytes that this process may still write. */
  long usableSpace(Path folder) throws IOException;
}
