package org.amalgam.stages.model;

/** Names and shapes of what a model has on top of its trunk. */
final class HeadShapes {
  /** Takes a name and a shape. */
  interface Table {
    void put(String name, long... shape);
  }

  private final ModelConfig config;
  private final Table table;
  private final long d;

  HeadShapes(ModelConfig config, Table table) {
    this.config = config;
    this.table = table;
    this.d = config.width();
  }

  void add() {
    if (has(Head.ITC)) {
      table.put("ifm_vl_text_proj.fc.weight", d, d);
      table.put("ifm_vl_image_proj.fc.weight", d, d);
      table.put("logit_vl_scale");
    }
    if (has(Head.ITC) || has(Head.RETRIEVAL)) {
      table.put("ifm_text_proj.fc.weight", d, d);
      table.put("ifm_image_proj.fc.weight", d, d);
      table.put("logit_scale");
    }
    if (has(Head.ITM)) {
      linear("itm_score.fc", 2, d);
    }
    if (has(Head.MLM)) {
      linear("mlm_score.transform.dense", d, d);
      norm("mlm_score.transform.LayerNorm", d);
      table.put("mlm_score.decoder.weight", config.vocabulary(), d);
      table.put("mlm_score.bias", config.vocabulary());
    }
    if (has(Head.VQA)) {
      twoLayers("vqa_classifier", d, config.answers());
    }
    if (has(Head.NLVR2)) {
      twoLayers("nlvr2_classifier", 2 * d, 2);
    }
    if (has(Head.CLASSIFICATION)) {
      norm("fc_norm", d);
      linear("img_cls_classifier", config.answers(), d);
    }
    if (has(Head.SEGMENTATION)) {
      linear("seg_classifier.up1", 4 * (d / 2), d);
      norm("seg_classifier.norm", d / 2);
      linear("seg_classifier.up2", 4 * (d / 4), d / 2);
      linear("seg_classifier.out", config.answers(), d / 4);
    }
  }

  private boolean has(Head head) {
    return config.headSet().contains(head);
  }

  private void twoLayers(String name, long inputs, long classes) {
    linear(name + ".0", 2 * d, inputs);
    norm(name + ".1", 2 * d);
    linear(name + ".3", classes, 2 * d);
  }

  private void linear(String name, long outputs, long inputs) {
    table.put(name + ".weight", outputs, inputs);
    table.put(name + ".bias", outputs);
  }

  private void norm(String name, long size) {
    table.put(name + ".weight", size);
    table.put(name + ".bias", size);
  }
}
