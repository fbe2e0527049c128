"""Gradients of adapters of low rank on a tiny phi3 by PyTorch's autograd, whose tensors hold several products each.

Run once, with Debian 12's python3-torch: python3 make_adapter_gradients.py > adapter_gradients.json
Everything is float64. Weights, adapters and tokens are formulas that the test computes too (see weight(); adapters are numbers 100, 101, ...).
A module computes x W^T + alpha / r (x A^T) B^T with A [r, in] and B [out, r] (2106.09685, and what PEFT's guide to its checkpoints says of
names and shapes); qkv_proj is queries, keys and values one after the other, gate_up_proj the gate and then what it gates. The script also checks that
W + alpha / r B A gives the same loss, and stops where it does not.
"""

import json
import math

import torch

D, H, G, K, F, V, LAYERS, T = 24, 4, 2, 6, 20, 40, 2, 50
EPSILON, BASE, RANK, ALPHA = 1e-5, 1000.0, 3, 6.0
TARGETS = ["qkv_proj", "o_proj", "gate_up_proj"]


def weight(number, shape):
    index = torch.arange(math.prod(shape), dtype=torch.float64)
    values = torch.sin(0.37 * (number + 1) * (index + 1) + number)
    values = 1 + 0.2 * values if len(shape) == 1 else values * 1.5 / math.sqrt(shape[1])
    return values.to(torch.float32).to(torch.float64).reshape(shape)


def probe(which, count):
    return torch.cos(0.61 * (which + 1) * torch.arange(count, dtype=torch.float64) + which)


shapes = {"model.embed_tokens.weight": (V, D), "model.norm.weight": (D,), "lm_head.weight": (V, D)}
for i in range(LAYERS):
    p = f"model.layers.{i}."
    shapes |= {
        p + "input_layernorm.weight": (D,), p + "post_attention_layernorm.weight": (D,),
        p + "self_attn.qkv_proj.weight": ((H + 2 * G) * K, D), p + "self_attn.o_proj.weight": (D, H * K),
        p + "mlp.gate_up_proj.weight": (2 * F, D), p + "mlp.down_proj.weight": (D, F),
    }
w = {name: weight(n, shape) for n, (name, shape) in enumerate(shapes.items())}
adapters = {}
for name, (out, width) in ((n, s) for n, s in shapes.items() if n.split(".")[-2] in TARGETS):
    module = "base_model.model." + name[: -len(".weight")]
    adapters[module + ".lora_A.weight"] = weight(100 + len(adapters), (RANK, width)).requires_grad_()
    adapters[module + ".lora_B.weight"] = weight(100 + len(adapters), (out, RANK)).requires_grad_()

frequencies = BASE ** (-torch.arange(K // 2, dtype=torch.float64) * 2 / K)
tokens = torch.tensor([(7 * t * t + 3 * t + 5) % V for t in range(T)])
angles = torch.arange(T, dtype=torch.float64)[:, None] * frequencies[None, :]
cos, sin = torch.cos(angles)[:, None, :], torch.sin(angles)[:, None, :]


def norm(x, scale):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + EPSILON) * scale


def rotate(x):
    a, b = x[..., : K // 2], x[..., K // 2 :]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


def beside(name):
    a, b = (adapters.get(f"base_model.model.{name}.lora_{which}.weight") for which in "AB")
    return lambda x: x @ w[name + ".weight"].T + (0 if a is None else ALPHA / RANK * (x @ a.T @ b.T))


def merged(name):
    a, b = (adapters.get(f"base_model.model.{name}.lora_{which}.weight") for which in "AB")
    full = w[name + ".weight"] + (0 if a is None else ALPHA / RANK * b @ a)
    return lambda x: x @ full.T


def loss_of(module):
    x = w["model.embed_tokens.weight"][tokens]
    for i in range(LAYERS):
        p = f"model.layers.{i}."
        parts = module(p + "self_attn.qkv_proj")(norm(x, w[p + "input_layernorm.weight"])).split([H * K, G * K, G * K], -1)
        q, k = rotate(parts[0].view(T, H, K)), rotate(parts[1].view(T, G, K)).repeat_interleave(H // G, 1)
        v = parts[2].view(T, G, K).repeat_interleave(H // G, 1)
        scores = torch.einsum("thk,shk->hts", q, k) / math.sqrt(K)
        scores = scores.masked_fill(torch.triu(torch.ones(T, T, dtype=torch.bool), 1), -math.inf)
        x = x + module(p + "self_attn.o_proj")(torch.einsum("hts,shk->thk", scores.softmax(-1), v).reshape(T, H * K))
        gate, up = module(p + "mlp.gate_up_proj")(norm(x, w[p + "post_attention_layernorm.weight"])).chunk(2, -1)
        x = x + module(p + "mlp.down_proj")(torch.nn.functional.silu(gate) * up)
    logits = norm(x, w["model.norm.weight"]) @ w["lm_head.weight"].T
    return torch.nn.functional.cross_entropy(logits[:-1], tokens[1:], reduction="sum")


loss = loss_of(beside)
assert abs(loss.item() - loss_of(merged).item()) < 1e-9
loss.backward()
result = {
    "produced_by": {"script": "make_adapter_gradients.py", "torch": torch.__version__, "precision": "float64"},
    "loss": loss.item(),
    "rank": RANK,
    "alpha": ALPHA,
    "targets": TARGETS,
    "weights": {name: list(shape) for name, shape in shapes.items()},
    "adapters": {
        name: {
            "shape": list(t.shape),
            "norm": t.grad.norm().item(),
            "probes": [torch.dot(t.grad.flatten(), probe(which, t.numel())).item() for which in range(2)],
        }
        for name, t in adapters.items()
    },
}
print(json.dumps(result, indent=1))
