#!/usr/bin/env python3
"""Learns the weights of the crisis screen from the written examples.

    cargo build --release -p infra --example screen_words
    python3 seeds/crisis/train.py target/release/examples/screen_words

needs numpy, scipy and scikit-learn. It reads examples/*.tsv (label, author, text) and the open two thirds of phrases/*.toml, never
the held-out third; writes weights/*.tsv; and prints what each author's examples would have been given by weights that were learned
from all others: the honest figure, for nobody writes like somebody else.
"""
import hashlib
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).parent
SCREEN_WORDS = sys.argv[1]
STEM, NEAR, PARTS = 5, 8, (3, 4, 5)
LONG, LONGEST, TOGETHER = 24, 32, 3
# Features that are written out; the others weigh too little to decide anything.
KEPT = 40_000
# Found by trying: weaker weights find less.
STRENGTH = 100.0
# Of what is harmless, how much may be called danger, and at least worry: of the examples, and of the open phrases.
FALSE, MOST = (0.035, 0.10), (0.05, 0.12)
# How much less is asked of a text of which a rule says the same, tried in these steps.
BONUSES = np.arange(0.0, 3.01, 0.25)


def is_held_out(text):
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % 3 == 2


def read(language):
    """(label, author, text) of every example that may be learned from."""
    rows = [line.split("\t") for line in (HERE / f"examples/{language}.tsv").read_text().splitlines()]
    phrases = tomllib.loads((HERE / f"phrases/{language}.toml").read_text())["phrase"]
    rows += [[p["level"], "open", p["text"]] for p in phrases if not is_held_out(p["text"])]
    return rows


def screened(texts):
    """What the rules give each text, and its words."""
    said = subprocess.run([SCREEN_WORDS], input="\n".join(texts) + "\n", capture_output=True, text=True, check=True)
    lines = [line.split("\t") for line in said.stdout.splitlines()]
    return [line[0] for line in lines], [line[2] for line in lines]


def segments(words):
    """As screen/segments.rs."""
    found, piece, starts_sentence, starts_clause = [], [], False, False
    for word in words.split():
        if word in ".,":
            starts_sentence, starts_clause = starts_sentence or word == ".", True
            continue
        count = len(piece)
        if piece and (starts_sentence or count >= LONGEST or (count >= LONG and starts_clause)):
            found.append(piece)
            piece = []
        piece.append(word)
        starts_sentence = starts_clause = False
    return found + [piece] if piece else found


def features(piece):
    """As screen/features.rs."""
    count = Counter()
    for word in piece:
        count["w " + word] += 1
        if len(word) > STEM:
            count["s " + word[:STEM]] += 1
        padded = f"_{word}_"
        for length in PARTS:
            for at in range(len(padded) - length + 1):
                count["c " + padded[at : at + length]] += 1
    stems = ["^", *(word[:STEM] for word in piece), "$"]
    for at, first in enumerate(stems[:-1]):
        count[f"b {first} {stems[at + 1]}"] += 1
        if at + 2 < len(stems):
            count[f"t {first} {stems[at + 1]} {stems[at + 2]}"] += 1
        for near in stems[at + 2 : at + NEAR + 1]:
            count[f"k {first} {near}"] += 1
    return count


def stretches(words):
    """The features of each stretch of a text that is judged by itself."""
    pieces = [features(piece) for piece in segments(words)]
    width = max(1, min(TOGETHER, len(pieces)))
    return [sum(pieces[at : at + width], Counter()) for at in range(len(pieces) - width + 1)]


class Matrix:
    def __init__(self, counts):
        seen = Counter(name for count in counts for name in count)
        self.columns = {name: at for at, name in enumerate(sorted(seen))}

    def of(self, counts):
        values, indices, starts = [], [], [0]
        for count in counts:
            scale = 1 / np.sqrt(max(1, sum(count.values())))
            known = [(self.columns[name], n) for name, n in sorted(count.items()) if name in self.columns]
            indices += [at for at, _ in known]
            values += [n * scale for _, n in known]
            starts.append(len(indices))
        shape = (len(counts), len(self.columns))
        return csr_matrix((np.array(values), np.array(indices, np.int32), np.array(starts, np.int32)), shape)


def learned(texts, positives, kept):
    """Features with their weights, and the bias. A text is learned as a whole, for its label says nothing of its parts."""
    counts = [sum(text, Counter()) for text in texts]
    matrix = Matrix(counts)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", max_iter=500)
    model.fit(matrix.of(counts), positives)
    weights = model.coef_[0]
    strongest = np.argsort(-np.abs(weights))[:kept]
    names = list(matrix.columns)
    return {names[at]: weights[at] for at in strongest}, model.intercept_[0]


def score(model, text):
    weights, bias = model
    sums = [
        sum(weights.get(name, 0.0) * n for name, n in count.items()) / np.sqrt(sum(count.values())) + bias
        for count in text
    ]
    return max(sums, default=-np.inf)


def models(rows, texts, kept):
    """For danger against what is harmless: worry is neither. For worry and danger against what is harmless."""
    labels = np.array([row[0] for row in rows])
    certain = [at for at, label in enumerate(labels) if label != "worry"]
    danger = learned([texts[at] for at in certain], labels[certain] == "danger", kept)
    return danger, learned(texts, labels != "none", kept)


def thresholds(scores, harmless, wanted, by_rule, allowed, lowest):
    """Those that find most while no more than allowed of the harmless is over them; none below the lowest."""
    best = (-1.0, 0.0, 0.0)
    for bonus in BONUSES:
        raised = scores + bonus * by_rule
        threshold = max(np.quantile(raised[harmless], 1 - allowed), lowest)
        best = max(best, (np.mean(raised[wanted] > threshold), threshold, threshold - bonus))
    return best


def main():
    for language in sys.argv[2:] or ("en", "ru"):
        rows = read(language)
        rules, words = screened([row[2] for row in rows])
        texts = [stretches(line) for line in words]
        labels, authors = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
        scores = np.zeros((len(rows), 2))
        for author in sorted(set(authors)):
            others = np.flatnonzero(authors != author)
            danger, worry = models([rows[at] for at in others], [texts[at] for at in others], KEPT)
            for at in np.flatnonzero(authors == author):
                scores[at] = score(danger, texts[at]), score(worry, texts[at])
        # The rules were written with the open phrases in view, and some examples; short ones are all harmless. They prove nothing.
        fresh = np.array([not author.startswith(("open", "rules", "short")) for author in authors])
        harmless, is_danger, is_worry = labels == "none", labels == "danger", labels == "worry"
        by_rule = [np.array([rule in over for rule in rules]) for over in (("Danger",), ("Danger", "Worry"))]
        # Harmless phrases that were chosen to look like danger bound it too.
        lowest = [np.quantile(scores[(authors == "open") & harmless, at], 1 - most) for at, most in enumerate(MOST)]
        found = [
            thresholds(scores[fresh, 0], harmless[fresh], is_danger[fresh], by_rule[0][fresh], FALSE[0], lowest[0]),
            thresholds(scores[fresh, 1], harmless[fresh], is_worry[fresh], by_rule[1][fresh], FALSE[1], lowest[1]),
        ]
        given = [scores[:, at] > np.where(by_rule[at], found[at][2], found[at][1]) for at in (0, 1)]
        for author in sorted(set(authors)):
            of = authors == author
            share = lambda what, level: 100 * np.mean(given[level][of & what]) if (of & what).any() else 0.0
            print(
                f"{language} {author:8} danger found {share(is_danger, 0):5.1f} %, called danger though harmless "
                f"{share(harmless, 0):4.1f} %, worry found {share(is_worry, 1):5.1f} %"
            )
        danger, worry = models(rows, texts, KEPT)
        names = sorted(set(danger[0]) | set(worry[0]))
        number = lambda value: str(int(np.clip(round(1000 * value), -32767, 32767)))
        lines = [
            "# Learned by seeds/crisis/train.py: feature, weight for danger, weight for worry, in thousandths.",
            "\t".join(["bias", number(danger[1]), number(worry[1])]),
            "\t".join(["threshold", number(found[0][1]), number(found[1][1])]),
            "\t".join(["threshold with a rule", number(found[0][2]), number(found[1][2])]),
        ]
        for name in names:
            weights = [number(model[0].get(name, 0.0)) for model in (danger, worry)]
            if weights != ["0", "0"]:
                lines.append("\t".join([name, *weights]))
        (HERE / "weights").mkdir(exist_ok=True)
        (HERE / f"weights/{language}.tsv").write_text("\n".join(lines) + "\n")
        print(f"{language}: {len(lines) - 4} features, thresholds {found}")


main()
