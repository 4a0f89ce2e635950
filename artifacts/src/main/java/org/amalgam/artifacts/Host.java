package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The name of this host, found without asking the network. */
final class Host {
  static final String NAME = name();

  private Host() {}

  private static String name() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return Stream.of("HOSTNAME", "COMPUTERNAME")
          .map(variable -> System.getenv().getOrDefault(variable, ""))
          .filter(name -> !name.isBlank())
          .findFirst()
          .orElse("unnamed host");
    }
  }
}
