"""Writes small checkpoints as PyTorch does, and what their tensors are as safetensors.

    python3 write_checkpoints.py FOLDER
    python3 write_checkpoints.py --check FILE

The second reads a file with the same tensors under state_dict and compares bits. Needs PyTorch alone. The same numbers every time; only the names of storages in legacy.pt differ.
"""

import argparse
import collections
import io
import json
import os
import struct
import sys
import zipfile

import torch

NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
    torch.uint8: "U8", torch.bool: "BOOL",
}


def weights():
    base = (torch.arange(24, dtype=torch.float64) - 11) / 7
    shared = base.to(torch.float32).reshape(4, 6)
    tensors = collections.OrderedDict()
    for dtype, name in NAMES.items():
        tensors["types." + name] = (base.reshape(2, 3, 4) > 0 if dtype == torch.bool
                                    else (base * 7 + 11).to(dtype).reshape(2, 3, 4)
                                    if not dtype.is_floating_point
                                    else base.to(dtype).reshape(2, 3, 4))
    tensors["shared.whole"] = shared
    tensors["shared.rows"] = shared[1:3]
    tensors["shared.columns"] = shared[:, 2:5]
    tensors["shared.transposed"] = shared.t()
    tensors["shared.every_second"] = shared[::2, ::3]
    tensors["permuted.half"] = base.to(torch.float16).reshape(2, 3, 4).permute(2, 0, 1)
    tensors["expanded"] = torch.tensor([[1.5], [2.5]]).expand(2, 3)
    tensors["scalar"] = torch.tensor(2.6592600)
    tensors["empty"] = torch.empty(0, 5)
    tensors["parameter"] = torch.nn.Parameter(torch.tensor([0.1, float("inf"), float("nan")]))
    tensors._metadata = {"": {"version": 1}}
    return tensors


def save_safetensors(tensors, path):
    header, data, at = {"__metadata__": {"format": "pt"}}, [], 0
    for name in sorted(tensors):
        tensor = tensors[name].detach().contiguous()
        dtype = NAMES[tensor.dtype]
        raw = (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor)
        raw = raw.numpy().tobytes()
        header[name] = {"dtype": dtype, "shape": list(tensor.shape),
                        "data_offsets": [at, at + len(raw)]}
        at += len(raw)
        data.append(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data))


def save_big_endian(folder):
    """What a big-endian machine writes with PyTorch 2.1 or later."""
    buffer = io.BytesIO()
    torch.save({"x": torch.tensor([1.0, -2.5, 3.25]).reshape(1, 3), "n": torch.tensor([258])}, buffer)
    with zipfile.ZipFile(buffer) as read, \
            zipfile.ZipFile(os.path.join(folder, "big-endian.pt"), "w") as write:
        for entry in read.infolist():
            raw = read.read(entry)
            if "/data/" in entry.filename:
                width = 4 if len(raw) == 12 else 8
                raw = b"".join(raw[i:i + width][::-1] for i in range(0, len(raw), width))
            if not entry.filename.endswith("byteorder"):
                write.writestr(zipfile.ZipInfo(entry.filename), raw)
        write.writestr(zipfile.ZipInfo("archive/byteorder"), b"big")


class Hostile:
    def __reduce__(self):
        return os.system, ("touch hostile-was-here",)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    place = lambda name: os.path.join(folder, name)
    tensors = weights()
    save_safetensors(tensors, place("expected.safetensors"))
    parameter = torch.nn.Parameter(torch.ones(2))
    optimizer = torch.optim.AdamW([parameter])
    parameter.sum().backward()
    optimizer.step()
    nested = {"epoch": 3, "args": argparse.Namespace(size=[224, 224], rate=1e-3),
              "optimizer": optimizer.state_dict(), "state_dict": tensors}
    torch.save(nested, place("zip.ckpt"))
    torch.save({"model": tensors}, place("protocol-4.pth"), pickle_protocol=4)
    torch.save(nested, place("legacy.pt"), _use_new_zipfile_serialization=False)
    torch.save(tensors, place("plain.bin"))
    torch.save({"state_dict": tensors, "callback": Hostile()}, place("hostile.pt"))
    save_big_endian(folder)


def check(path):
    read, expected = torch.load(path)["state_dict"], weights()
    assert set(read) == set(expected), set(read) ^ set(expected)
    for name, tensor in expected.items():
        same = read[name].dtype == tensor.dtype and read[name].shape == tensor.shape
        bits = [t.detach().contiguous().reshape(-1).view(torch.uint8) if t.dtype != torch.bool
                else t.reshape(-1) for t in (read[name], tensor)]
        assert same and torch.equal(*bits), name
    print(path, "has the same", len(expected), "tensors")


if __name__ == "__main__":
    check(sys.argv[2]) if sys.argv[1] == "--check" else main(sys.argv[1])
