"""What benches/merge.sh and benches/regmean.sh compare with, and the random files that they merge.

  torch_merge.py make FILE              a base-size modality-specific checkpoint of random weights
  torch_merge.py grams FILE             Gram matrices in f64 for it: 2.3 GB
  torch_merge.py pickle IN OUT          the same tensors by torch.save
  torch_merge.py merge IN OUT ALPHA     load, interpolate, save; prints the seconds
  torch_merge.py regmean IN GRAMS OUT GAMMA  load, RegMean by torch.linalg in f64, save; the same
  torch_merge.py compare ONE OTHER      the largest difference of any element

Files that end in .pt are read by torch.load and written by torch.save. All others are safetensors,
by the package of that name where there is one, and else by the few lines below, which map what they
read without copying it.
"""

import json
import mmap
import re
import struct
import sys
import time

import torch

try:
    from safetensors.torch import load_file as load_safetensors
    from safetensors.torch import save_file as save_safetensors
except ImportError:
    DTYPES = {"F32": torch.float32, "F64": torch.float64}
    LABELS = {dtype: label for label, dtype in DTYPES.items()}

    def load_safetensors(path):
        with open(path, "rb") as f:
            data = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_COPY)
        size, = struct.unpack_from("<Q", data)
        header = json.loads(data[8:8 + size])
        header.pop("__metadata__", None)
        tensors = {}
        for name, t in header.items():
            begin, end = t["data_offsets"]
            dtype = DTYPES[t["dtype"]]
            tensors[name] = torch.frombuffer(
                data, dtype=dtype, offset=8 + size + begin,
                count=(end - begin) // torch.finfo(dtype).bits * 8).view(t["shape"])
        return tensors

    def save_safetensors(tensors, path, metadata):
        header, at = {"__metadata__": metadata}, 0
        for name, t in tensors.items():
            end = at + t.numel() * t.element_size()
            header[name] = {"dtype": LABELS[t.dtype], "shape": list(t.shape),
                            "data_offsets": [at, end]}
            at = end
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(path, "wb") as f:
            f.write(struct.pack("<Q", len(text)) + text)
            for t in tensors.values():
                f.write(memoryview(t.contiguous().numpy()).cast("B"))


def load_file(path):
    return torch.load(path) if path.endswith(".pt") else load_safetensors(path)


def save_file(tensors, path):
    if path.endswith(".pt"):
        torch.save(tensors, path)
    else:
        save_safetensors(tensors, path, {"format": "pt"})


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
    save_file(tensors, path)


def grams(path, thin=64):
    """Products of thin matrices of random numbers, and a diagonal that makes them regular."""
    torch.manual_seed(2)
    tensors = {}
    for layer in range(LAYERS):
        for expert in ("v", "l", "vl")[: 3 if layer >= LAYERS - CROSS else 2]:
            for name in ("attn.@", "attn.@.proj", "mlp.@.fc1", "mlp.@.fc2"):
                n = 4 * WIDTH if name.endswith("fc2") else WIDTH
                x = torch.randn(thin, n, dtype=torch.float64)
                tensors[f"transformer.blocks.{layer}." + name.replace("@", expert)] = (
                    x.t() @ x + torch.diag(torch.rand(n, dtype=torch.float64) + 1))
    save_file(tensors, path)


def places(tensors):
    """What is merged, as expert -> tensor by the merged name, and what is not."""
    experts, shared = {}, {}
    for name, tensor in tensors.items():
        match = EXPERT.fullmatch(name)
        if match:
            module, expert, parameter = match.groups()
            experts.setdefault(f"{module}.{parameter}", {})[expert] = tensor
        else:
            shared[name] = tensor
    return experts, shared


def merge(source, target, alpha):
    began = time.perf_counter()
    experts, merged = places(load_file(source))
    for name, of in experts.items():
        mean = alpha * of["v"] + (1 - alpha) * of["l"]
        merged[name] = mean * (2 / 3) + of["vl"] / 3 if "vl" in of else mean
    save_file(merged, target)
    print(time.perf_counter() - began)


def regmean(source, gram_file, target, gamma):
    began = time.perf_counter()
    experts, merged = places(load_file(source))
    matrices = load_file(gram_file)
    for name, of in experts.items():
        if next(iter(of.values())).dim() < 2:
            merged[name] = sum(of.values()) / len(of)
            continue
        total, weighted = 0, 0
        module, parameter = re.fullmatch(r"(.+\.(?:attn|mlp))(\..+)\.weight", name).groups()
        for expert, weights in of.items():
            gram = matrices[f"{module}.{expert}" + parameter.replace(".qkv", "")]
            gram = gamma * gram + (1 - gamma) * torch.diag(gram.diagonal())
            total = total + gram
            weighted = weighted + gram @ weights.double().t()
        solution = torch.cholesky_solve(weighted, torch.linalg.cholesky(total))
        merged[name] = solution.t().float()
    save_file(merged, target)
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
    elif command == "grams":
        grams(*arguments)
    elif command == "pickle":
        # Copied: tensors that are views of a mapping would take all of it along.
        save_file({name: t.clone() for name, t in load_file(arguments[0]).items()}, arguments[1])
    elif command == "merge":
        merge(*arguments[:2], float(arguments[2]))
    elif command == "regmean":
        regmean(*arguments[:3], float(arguments[3]))
    else:
        compare(*arguments)
