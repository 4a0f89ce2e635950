package org.amalgam.runner.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.amalgam.artifacts.Share;
import org.amalgam.artifacts.Trust;
import org.amalgam.pipelines.recipe.Suggestion;
import org.apache.commons.configuration2.CompositeConfiguration;
import org.apache.commons.configuration2.Configuration;
import org.apache.commons.configuration2.MapConfiguration;
import org.apache.commons.configuration2.PropertiesConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;

/**
 * The settings in force, each with its origin: defaults, then the user's file, the project's file,
 * the environment, the command line; later ones win.
 */
public final class ToolSettings {
  /** The file's name, in the current directory and in the user's configuration directory. */
  public static final String FILE = "amalgam.properties";

  private final CompositeConfiguration layers = new CompositeConfiguration();
  private final Map<Configuration, String> origins = new LinkedHashMap<>();

  private ToolSettings() {}

  /**
   * Collects the layers.
   *
   * @param directory where the project's file would be
   * @param environment the environment variables
   * @param commandLine what the command line sets
   * @throws IllegalArgumentException if a file is unreadable or sets something unknown
   */
  public static ToolSettings of(
      Path directory, Map<String, String> environment, Map<ToolSetting, String> commandLine) {
    ToolSettings settings = new ToolSettings();
    // Composite configurations answer with the first layer that has the key.
    settings.add(byKey(commandLine), "command line");
    settings.add(fromEnvironment(environment), "environment");
    settings.addFile(directory.resolve(FILE));
    settings.addFile(userFile(environment));
    Map<ToolSetting, String> defaults = new EnumMap<>(ToolSetting.class);
    for (ToolSetting setting : ToolSetting.values()) {
      defaults.put(setting, setting.standard());
    }
    settings.add(byKey(defaults), "default");
    return settings;
  }

  private static Path userFile(Map<String, String> environment) {
    String configured = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path folder =
        configured.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".config")
            : Path.of(configured);
    return folder.resolve("amalgam").resolve(FILE);
  }

  private static Configuration byKey(Map<ToolSetting, String> values) {
    Map<String, Object> map = new LinkedHashMap<>();
    values.forEach((setting, value) -> map.put(setting.key(), value));
    return new MapConfiguration(map);
  }

  private static Configuration fromEnvironment(Map<String, String> environment) {
    Map<ToolSetting, String> values = new EnumMap<>(ToolSetting.class);
    for (ToolSetting setting : ToolSetting.values()) {
      String value = environment.get(setting.variable());
      if (value != null && !value.isEmpty()) {
        values.put(setting, value);
      }
    }
    return byKey(values);
  }

  private void addFile(Path file) {
    if (!Files.isRegularFile(file)) {
      return;
    }
    PropertiesConfiguration properties = new PropertiesConfiguration();
    properties.setIncludesAllowed(false);
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.read(reader);
    } catch (IOException | ConfigurationException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e.getMessage(), e);
    }
    List<String> known = Arrays.stream(ToolSetting.values()).map(ToolSetting::key).toList();
    for (Iterator<String> keys = properties.getKeys(); keys.hasNext(); ) {
      String key = keys.next();
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            file + ": unknown setting " + key + "; " + Suggestion.among(key, known, "settings"));
      }
    }
    add(properties, file.toString());
  }

  private void add(Configuration layer, String origin) {
    layers.addConfiguration(layer);
    origins.put(layer, origin);
  }

  /** The value in force. */
  public String value(ToolSetting setting) {
    return layers.getString(setting.key());
  }

  /** Where the value in force comes from: "default", a file, "environment" or "command line". */
  public String origin(ToolSetting setting) {
    return origins.entrySet().stream()
        .filter(layer -> layer.getKey().containsKey(setting.key()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** The number of slots: as set, or one a core. */
  public int slots() {
    String value = value(ToolSetting.SLOTS);
    if (value.equals("auto")) {
      return Runtime.getRuntime().availableProcessors();
    }
    try {
      int slots = Integer.parseInt(value);
      if (slots >= 1) {
        return slots;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "slots must be auto or a whole number from 1, is %s (%s)"
            .formatted(value, origin(ToolSetting.SLOTS)));
  }

  /** Where stages compute. */
  public ExecutorKind executor() {
    return oneOf(ToolSetting.EXECUTOR, ExecutorKind.values());
  }

  /** How long a stage that was told to stop is waited for. */
  public Duration grace() {
    String value = value(ToolSetting.GRACE);
    try {
      int seconds = Integer.parseInt(value);
      if (seconds >= 0) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        "grace must be a whole number of seconds from 0, is %s (%s)"
            .formatted(value, origin(ToolSetting.GRACE)));
  }

  /** How progress is shown. */
  public ProgressStyle progress() {
    String value = value(ToolSetting.PROGRESS);
    return ProgressStyle.of(value)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "progress must be auto, live, plain or none, is %s (%s)"
                        .formatted(value, origin(ToolSetting.PROGRESS))));
  }

  /**
   * What is done with the shared store: off where none is named.
   *
   * @throws IllegalArgumentException if the setting has another value than off, read and write
   */
  public Share share() {
    Share share = oneOf(ToolSetting.SHARE, Share.values());
    return value(ToolSetting.SHARED_STORE).equals("none") ? Share.OFF : share;
  }

  /**
   * Whose results are believed, and what is hashed before it is read.
   *
   * @throws IllegalArgumentException if a setting has another value than the known ones
   */
  public Trust trust() {
    boolean foreign = oneOf(ToolSetting.TRUST, Whose.values()) == Whose.ALL;
    return new Trust(foreign, oneOf(ToolSetting.REHASH, Rehash.values()) == Rehash.CHANGED);
  }

  private enum Whose {
    ALL,
    LOCAL
  }

  private enum Rehash {
    CHANGED,
    ALWAYS
  }

  private <E extends Enum<E>> E oneOf(ToolSetting setting, E[] values) {
    String value = value(setting);
    for (E one : values) {
      if (one.name().toLowerCase(Locale.ROOT).equals(value)) {
        return one;
      }
    }
    String known =
        Arrays.stream(values)
            .map(one -> one.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(" or "));
    throw new IllegalArgumentException(
        "%s must be %s, is %s (%s)".formatted(setting.key(), known, value, origin(setting)));
  }
}
