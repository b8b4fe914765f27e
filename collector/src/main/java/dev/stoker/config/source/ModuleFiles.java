package dev.stoker.config.source;

import dev.stoker.alloy.imports.Module;
import dev.stoker.http.failure.FailureMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the modules that an Alloy config imports: a file, or the files of a folder. */
final class ModuleFiles {
  private final FileReads reads;

  ModuleFiles(FileReads reads) {
    this.reads = reads;
  }

  /** Relative paths begin in the working directory, as in Alloy. */
  Module read(String path) {
    try {
      Path file = Path.of(path);
      List<Path> files = Files.isDirectory(file) ? folder(file) : List.of(file);
      if (files.isEmpty()) {
        return Module.unreadable("the folder " + path + " holds no *.alloy file; add one");
      }
      List<Module.Text> texts = new ArrayList<>();
      for (Path each : files) {
        texts.add(new Module.Text(each.toString(), reads.read(each)));
      }
      Path folder = Files.isDirectory(file) ? file : file.getParent();
      return new Module(
          FileReads.real(file).toString(), folder == null ? "." : folder.toString(), texts, "");
    } catch (InvalidPathException noPath) {
      return Module.unreadable(path + " is no path");
    } catch (FileReads.Unreadable unreadable) {
      return Module.unreadable(unreadable.text() + hint(path));
    } catch (IOException | SecurityException unreadable) {
      return Module.unreadable(
          path + " cannot be read (" + FailureMessages.ofFile(unreadable) + ")");
    }
  }

  private List<Path> folder(Path folder) throws IOException {
    reads.note(folder, Sources.state(folder));
    return Sources.alloyConfigs(folder);
  }

  private static String hint(String path) {
    return path.startsWith("/")
        ? ""
        : ". It is looked for in the working directory; file.path_join(module_path, \""
            + path
            + "\") is beside the config";
  }
}
