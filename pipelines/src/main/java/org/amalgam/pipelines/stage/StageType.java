package org.amalgam.pipelines.stage;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A kind of stage, named by {@code uses:} in a recipe.
 *
 * <p>The components of {@code S} are its settings and input ports. Component types: {@code String},
 * {@code int}, {@code long}, {@code double}, {@code boolean}, enums (written in kebab case), {@code
 * List} of these, {@code Map<String, Double>}, nested records, {@link Input} and {@code
 * List<Input>} (ports), and an interface chosen by another setting ({@link ChosenBy}). A compact
 * constructor may throw {@link IllegalArgumentException}; its message becomes a located problem.
 *
 * @param <S> the settings
 */
public interface StageType<S extends Record> {
  /** The name in recipes, kebab case. */
  String name();

  /** One sentence for help texts and the schema. */
  String summary();

  Class<S> settings();

  /** What its artifact is, matched against {@link Port}: "weights", "corpus", "metrics". */
  String produces();

  /** For components annotated {@link ChosenBy}: component name to choices by name, in order. */
  default Map<String, Map<String, Class<? extends Record>>> choices() {
    return Map.of();
  }

  /** Whether the environment class (device, precision, threads) can change its bits. */
  default boolean usesEngine() {
    return true;
  }

  /** Whether the recipe's seed can change its bits; if not, replicates share one execution. */
  default boolean usesSeed() {
    return true;
  }

  /**
   * Files and directories outside the store that it reads; their contents become part of the key. A
   * missing one blocks the stage with a message that names it.
   */
  default List<Path> externals(S settings) {
    return List.of();
  }

  /** The classes whose bytecode closure is the code fingerprint. */
  default List<Class<?>> code() {
    return List.of(getClass(), settings());
  }

  /**
   * Computes. Files written below {@link StageContext#output()} become the artifact.
   *
   * @throws StageFailure for what a user can mend; anything else is a bug
   */
  void run(S settings, StageContext context) throws Exception;
}
