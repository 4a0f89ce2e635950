"""The merge that benches/merge.sh compares with, and the random checkpoint that it merges.

  torch_merge.py make FILE              a base-size modality-specific checkpoint of random weights
  torch_merge.py merge IN OUT ALPHA     load, interpolate, save; prints the seconds
  torch_merge.py compare ONE OTHER      the largest difference of any element
"""

import re
import sys
import time

import torch
from safetensors.torch import load_file, save_file

WIDTH, LAYERS, CROSS = 768, 12, 2
BLOCK = {
    "attn.@.qkv.weight": (3 * WIDTH, WIDTH),
    "attn.@.q_bias": (WIDTH,),
    "attn.@.v_bias": (WIDTH,),
    "attn.@.proj.weight": (WIDTH, WIDTH),
    "attn.@.proj.bias": (WIDTH,),
    "mlp.@.fc1.weight": (4 * WIDTH, WIDTH),
    "mlp.@.fc1.bias": (4 * WIDTH,),
    "mlp.@.fc2.weight": (WIDTH, 4 * WIDTH),
    "mlp.@.fc2.bias": (WIDTH,),
    "norm1.@.weight": (WIDTH,),
    "norm1.@.bias": (WIDTH,),
    "norm2.@.weight": (WIDTH,),
    "norm2.@.bias": (WIDTH,),
}
SHARED = {
    "transformer.norm.weight": (WIDTH,),
    "transformer.norm.bias": (WIDTH,),
    "transformer.patch_embed.proj.weight": (WIDTH, 3, 16, 16),
    "transformer.patch_embed.proj.bias": (WIDTH,),
    "transformer.cls_token": (1, 1, WIDTH),
    "text_embeddings.word_embeddings.weight": (30522, WIDTH),
    "pooler.dense.weight": (WIDTH, WIDTH),
    "pooler.dense.bias": (WIDTH,),
    "relative_position_bias_table": (1126, 144),
}
EXPERT = re.compile(r"(transformer\.blocks\.\d+\.(?:attn|mlp|norm1|norm2))\.(v|l|vl)\.(.+)")


def make(path):
    torch.manual_seed(1)
    tensors = {name: torch.randn(shape) * 0.02 for name, shape in SHARED.items()}
    for layer in range(LAYERS):
        block = f"transformer.blocks.{layer}."
        for gamma in ("gamma_1", "gamma_2"):
            tensors[block + gamma] = torch.full((WIDTH,), 0.1)
        for expert in ("v", "l", "vl")[: 3 if layer >= LAYERS - CROSS else 2]:
            for name, shape in BLOCK.items():
                tensors[block + name.replace("@", expert)] = torch.randn(shape) * 0.02
    save_file(tensors, path, {"format": "pt"})


def merge(source, target, alpha):
    began = time.perf_counter()
    tensors = load_file(source)
    places, merged = {}, {}
    for name, tensor in tensors.items():
        match = EXPERT.fullmatch(name)
        if match:
            module, expert, parameter = match.groups()
            places.setdefault(f"{module}.{parameter}", {})[expert] = tensor
        else:
            merged[name] = tensor
    for name, experts in places.items():
        mean = alpha * experts["v"] + (1 - alpha) * experts["l"]
        merged[name] = mean * (2 / 3) + experts["vl"] / 3 if "vl" in experts else mean
    save_file(merged, target, {"format": "pt"})
    print(time.perf_counter() - began)


def compare(one, other):
    ours, theirs = load_file(one), load_file(other)
    assert ours.keys() == theirs.keys()
    most = max((ours[name] - theirs[name]).abs().max().item() for name in ours)
    print("largest difference of an element:", most)
    assert most < 1e-7


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "make":
        make(*arguments)
    elif command == "merge":
        merge(arguments[0], arguments[1], float(arguments[2]))
    else:
        compare(*arguments)
