package org.amalgam.runner.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which build this is.
 *
 * @param version the project's version
 * @param commit the source's commit, or "unknown" where the build was not told
 */
public record BuildVersion(String version, String commit) {
  /** As written by the build. */
  public static BuildVersion current() {
    Properties properties = new Properties();
    try (InputStream in = BuildVersion.class.getResourceAsStream("build.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuildVersion(
        properties.getProperty("version", "unknown"), properties.getProperty("commit", "unknown"));
  }

  @Override
  public String toString() {
    return commit.equals("unknown") ? version : version + " (" + commit + ")";
  }
}
