package org.amalgam.stages.merging;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.amalgam.pipelines.stage.Registry;

/** All merge methods by their name in recipes. A new method is one line here. */
@Registry
public final class MergeMethods {
  private MergeMethods() {}

  /** The paper's in its order, then what came after it. */
  public static Map<String, Class<? extends Record>> byName() {
    Map<String, Class<? extends Record>> methods = new LinkedHashMap<>();
    methods.put("interpolation", Interpolation.class);
    methods.put("modality-arithmetic", ModalityArithmetic.class);
    methods.put("regmean", RegMean.class);
    methods.put("layer-wise", LayerWise.class);
    methods.put("ties", Ties.class);
    methods.put("dare", Dare.class);
    methods.put("slerp", Slerp.class);
    methods.put("fisher", Fisher.class);
    methods.put("model-stock", ModelStock.class);
    return Collections.unmodifiableMap(methods);
  }
}
