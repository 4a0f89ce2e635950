package org.amalgam.stages.model;

/** Kernels of the task heads, a part of {@link ModelScript}. */
final class HeadScript {
  static final String METHODS =
      """
        def typed_image_tokens(self, pixels: Tensor, w: Tensor, b: Tensor, cls: Tensor, kind: Tensor, types: Tensor) -> Tensor:
          patches = torch.conv2d(pixels, w, b, [PATCH, PATCH])
          patches = torch.transpose(torch.flatten(patches, 2, -1), 1, 2)
          first = torch.expand(cls, [torch.size(pixels, 0), 1, WIDTH])
          rows = torch.unsqueeze(torch.index_select(kind, 0, types), 1)
          return torch.add(torch.cat([first, patches], 1), rows)
        def two_pooled(self, pooled: Tensor, w0: Tensor, b0: Tensor, nw: Tensor, nb: Tensor, w3: Tensor, b3: Tensor) -> Tensor:
          both = torch.cat(torch.chunk(pooled, 2), 1)
          h = torch.layer_norm(torch.linear(both, w0, b0), [WIDE2], nw, nb, 1.0e-5)
          return torch.linear(torch.gelu(h), w3, b3)
        def image_classes(self, states: Tensor, nw: Tensor, nb: Tensor, w: Tensor, b: Tensor) -> Tensor:
          x = torch.mean(torch.narrow(states, 1, 1, PATCHES), [1])
          return torch.linear(torch.layer_norm(x, [WIDTH], nw, nb, 1.0e-6), w, b)
        def pixel_classes(self, states: Tensor, w1: Tensor, b1: Tensor, nw: Tensor, nb: Tensor, w2: Tensor, b2: Tensor, w: Tensor, b: Tensor) -> Tensor:
          n = torch.size(states, 0)
          x = torch.linear(torch.narrow(states, 1, 1, PATCHES), w1, b1)
          x = torch.permute(torch.view(x, [n, GRID, GRID, 2, 2, HALF]), [0, 1, 3, 2, 4, 5])
          x = torch.reshape(x, [n, GRID2, GRID2, HALF])
          x = torch.gelu(torch.layer_norm(x, [HALF], nw, nb, 1.0e-6))
          x = torch.linear(x, w2, b2)
          x = torch.permute(torch.view(x, [n, GRID2, GRID2, 2, 2, QUARTER]), [0, 1, 3, 2, 4, 5])
          x = torch.gelu(torch.reshape(x, [n, GRID4, GRID4, QUARTER]))
          x = torch.permute(torch.linear(x, w, b), [0, 3, 1, 2])
          return torch.upsample_bilinear2d(x, [PIXELS, PIXELS], False)
      """;

  private HeadScript() {}

  /** Methods with the sizes that only heads need put in. */
  static String of(ModelConfig config) {
    return METHODS
        .replace("PATCHES", Integer.toString(config.grid() * config.grid()))
        .replace("GRID4", Integer.toString(4 * config.grid()))
        .replace("GRID2", Integer.toString(2 * config.grid()))
        .replace("GRID", Integer.toString(config.grid()))
        .replace("PIXELS", Integer.toString(config.imageSize()))
        .replace("HALF", Integer.toString(config.width() / 2))
        .replace("QUARTER", Integer.toString(config.width() / 4));
  }
}
