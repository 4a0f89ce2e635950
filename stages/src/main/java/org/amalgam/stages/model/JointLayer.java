package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer below the top M in which text and image attend to each other: shared attention and FFN
 * between norms of each half's own, see {@link Architecture#attendsJointlyBelow}.
 */
final class JointLayer {
  static final String METHODS =
      """
        def joint_layer(self, x: Tensor, bias: Tensor, mask: Tensor, g1: Tensor, g2: Tensor, n1lw: Tensor, n1lb: Tensor, n1vw: Tensor, n1vb: Tensor, qb: Tensor, vb: Tensor, qkv: Tensor, pw: Tensor, pb: Tensor, n2lw: Tensor, n2lb: Tensor, n2vw: Tensor, n2vb: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
          n = torch.size(x, 0)
          s = torch.size(x, 1)
          words = torch.sub(s, IMAGE_TOKENS)
          hl = torch.layer_norm(torch.narrow(x, 1, 0, words), [WIDTH], n1lw, n1lb, 1.0e-6)
          hv = torch.layer_norm(torch.narrow(x, 1, words, IMAGE_TOKENS), [WIDTH], n1vw, n1vb, 1.0e-6)
          h = torch.linear(torch.cat([hl, hv], 1), qkv, torch.cat([qb, torch.zeros_like(vb), vb]))
          qkv3 = torch.unbind(torch.permute(torch.view(h, [n, s, 3, HEADS, SIDE]), [2, 0, 3, 1, 4]), 0)
          a = torch.matmul(torch.mul(qkv3[0], SCALE), torch.transpose(qkv3[1], -2, -1))
          a = torch.softmax(torch.add(torch.add(a, bias), mask), -1)
          o = torch.reshape(torch.transpose(torch.matmul(a, qkv3[2]), 1, 2), [n, s, WIDTH])
          x = torch.addcmul(x, torch.linear(o, pw, pb), g1)
          hl = torch.layer_norm(torch.narrow(x, 1, 0, words), [WIDTH], n2lw, n2lb, 1.0e-6)
          hv = torch.layer_norm(torch.narrow(x, 1, words, IMAGE_TOKENS), [WIDTH], n2vw, n2vb, 1.0e-6)
          h = torch.linear(torch.gelu(torch.linear(torch.cat([hl, hv], 1), w1, b1)), w2, b2)
          return torch.addcmul(x, h, g2)
      """;

  private JointLayer() {}

  /**
   * One layer over text followed by image, (n, tokens, d).
   *
   * @param before the position bias, the mask and both LayerScales
   */
  static NDArray of(Transformer.Pass pass, NDArray x, int layer, List<NDArray> before) {
    String norm1 = ParameterShapes.name(layer, SubLayer.NORM1.prefix());
    String attention = ParameterShapes.name(layer, SubLayer.ATTENTION.prefix());
    String norm2 = ParameterShapes.name(layer, SubLayer.NORM2.prefix());
    String mlp = ParameterShapes.name(layer, SubLayer.FFN.prefix());
    List<NDArray> arguments = new ArrayList<>(22);
    arguments.add(x);
    arguments.addAll(before);
    for (String name :
        List.of(
            norm1 + ".l.weight",
            norm1 + ".l.bias",
            norm1 + ".v.weight",
            norm1 + ".v.bias",
            attention + ".q_bias",
            attention + ".v_bias",
            attention + ".qkv.weight",
            attention + ".proj.weight",
            attention + ".proj.bias",
            norm2 + ".l.weight",
            norm2 + ".l.bias",
            norm2 + ".v.weight",
            norm2 + ".v.bias",
            mlp + ".fc1.weight",
            mlp + ".fc1.bias",
            mlp + ".fc2.weight",
            mlp + ".fc2.bias")) {
      arguments.add(pass.weight(name));
    }
    return pass.call("joint_layer", arguments.toArray(NDArray[]::new));
  }
}
