package org.amalgam.stages.tensor.pytorch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.pytorch.Pickled.Dictionary;
import org.amalgam.stages.tensor.pytorch.Pickled.Tensor;

/**
 * The tensors among what a checkpoint holds. They are in the dictionary that is saved itself, or in
 * the first of its entries {@code state_dict}, {@code model}, {@code module} that has some, and so
 * on inwards.
 *
 * @param tensors by name
 * @param skipped what else there is, each by its name and kind
 */
record StateDict(SortedMap<String, Tensor> tensors, List<String> skipped) {
  private static final List<String> INWARDS = List.of("state_dict", "model", "module");
  private static final int DEEPEST = 4;

  /**
   * Finds the tensors.
   *
   * @throws TensorFileException if there are none
   */
  static StateDict in(Object saved, Path file) throws TensorFileException {
    SortedMap<String, Tensor> tensors = new TreeMap<>();
    List<String> skipped = new ArrayList<>();
    if (!(saved instanceof Dictionary dictionary) || !find(dictionary, 0, "", tensors, skipped)) {
      throw new TensorFileException(
          file,
          "holds no dictionary of tensors, neither itself nor under "
              + String.join(", ", INWARDS)
              + (saved instanceof Dictionary some
                  ? "; its keys are " + some.keys.stream().limit(10).map(StateDict::told).toList()
                  : ""));
    }
    return new StateDict(tensors, skipped);
  }

  private static boolean find(
      Dictionary dictionary,
      int depth,
      String path,
      SortedMap<String, Tensor> tensors,
      List<String> skipped) {
    for (String key : INWARDS) {
      if (depth < DEEPEST
          && dictionary.get(key) instanceof Dictionary inner
          && find(inner, depth + 1, path + key + ".", tensors, skipped)) {
        skip(dictionary, key, path, skipped);
        return true;
      }
    }
    for (int i = 0; i < dictionary.keys.size(); i++) {
      if (dictionary.keys.get(i) instanceof String name
          && dictionary.values.get(i) instanceof Tensor tensor) {
        tensors.put(name, tensor);
      }
    }
    if (tensors.isEmpty()) {
      return false;
    }
    for (int i = 0; i < dictionary.keys.size(); i++) {
      Object key = dictionary.keys.get(i);
      if (!(key instanceof String name && tensors.containsKey(name))) {
        skipped.add(path + told(key) + " (" + told(dictionary.values.get(i)) + ")");
      }
    }
    return true;
  }

  private static void skip(Dictionary dictionary, String taken, String path, List<String> skipped) {
    for (int i = 0; i < dictionary.keys.size(); i++) {
      Object key = dictionary.keys.get(i);
      if (!taken.equals(key)) {
        skipped.add(path + told(key) + " (" + told(dictionary.values.get(i)) + ")");
      }
    }
  }

  private static String told(Object value) {
    return value instanceof Pickled pickled ? pickled.told() : String.valueOf(value);
  }
}
