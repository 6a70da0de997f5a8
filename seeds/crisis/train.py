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
from scipy.sparse import csr_matrix, diags, vstack
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).parent
SCREEN_WORDS = sys.argv[1]
STEM, NEAR, PARTS = 5, 8, (3, 4, 5)
LONG, LONGEST, TOGETHER = 24, 32, 3
# How much the most serious piece by itself adds to the most serious stretch. Without it a danger with one harmless sentence beside it
# is found by a third less; of more than this little comes.
ALONE = 0.5
# Subtracted from a score, times the natural logarithm of the number of pieces: the maximum of many harmless pieces is higher than
# that of a few. The number is capped, else a danger in the middle of a whole diary is missed.
LENGTH, MAX_COUNTED = 0.6, 12
# Features that are written out of each model; the others weigh too little to decide anything.
KEPT = 200_000
# Found by trying: weaker weights find less; rare features say more than usual ones, and words and neighbours more than parts of words
# and words that are only near each other.
STRENGTH, RARITY, LOOSE, LOOSELY = 300.0, 2.0, ("c ", "k "), 0.5
# Groups of authors of which each is judged by what the others have taught.
FOLDS = 8
# Of what is harmless, how much may be called danger, and at least worry: of the examples, and of the open phrases.
FALSE, MOST = (0.04, 0.08), (0.04, 0.10)
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


def stretches(pieces, together):
    """Of so many pieces each, which are judged together."""
    width = max(1, min(together, len(pieces)))
    return [sum(pieces[at : at + width], Counter()) for at in range(len(pieces) - width + 1)]


class Parts:
    """The stretches of all texts as rows, and at which each text begins."""

    def __init__(self, pieces_of, together, columns):
        parts = [stretches(pieces, together) for pieces in pieces_of]
        self.rows = rows_of([part for of_text in parts for part in of_text], columns)
        self.counts = np.array([len(of_text) for of_text in parts])
        self.starts = np.cumsum([0, *self.counts[:-1]])

    def of(self, is_wanted):
        """Which rows these texts have."""
        return np.flatnonzero(np.repeat(is_wanted, self.counts))

    def most_serious(self, weights, bias):
        return np.maximum.reduceat(self.rows @ weights + bias, self.starts)


class Corpus:
    """Texts as rows, and their stretches as rows, with a column for each feature that more than one text has."""

    def __init__(self, words):
        pieces_of = [[features(piece) for piece in segments(line)] or [Counter()] for line in words]
        whole = [sum(pieces, Counter()) for pieces in pieces_of]
        seen = Counter(name for text in whole for name in text)
        self.names = sorted(name for name, count in seen.items() if count > 1)
        columns = {name: at for at, name in enumerate(self.names)}
        self.count = np.array([seen[name] for name in self.names])
        is_loose = np.array([name.startswith(LOOSE) for name in self.names])
        rarity = np.log(len(words) / (1 + self.count)) ** RARITY
        scale = rarity * np.where(is_loose, LOOSELY, 1.0)
        self.scale = diags(scale / scale.mean())
        # A text is learned as a whole, for its label says nothing of its parts, and judged by its stretches. Of a
        # harmless text each part is harmless, and is learned too.
        self.texts = rows_of(whole, columns) @ self.scale
        self.stretches, self.pieces = Parts(pieces_of, TOGETHER, columns), Parts(pieces_of, 1, columns)

    def learned(self, at, positives):
        """The weights of all features, and the bias."""
        rows = [self.texts[at]]
        for parts in (self.stretches, self.pieces):
            is_divided = np.zeros(len(positives), bool)
            is_divided[at] = ~positives[at] & (parts.counts[at] > 1)
            rows.append(parts.rows[parts.of(is_divided)] @ self.scale)
        rows = vstack(rows)
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", max_iter=500)
        model.fit(rows, np.concatenate([positives[at], np.zeros(rows.shape[0] - len(at), bool)]))
        weights = self.scale @ model.coef_[0]
        weights[np.argsort(-np.abs(weights) * np.sqrt(self.count))[KEPT:]] = 0.0
        return weights, model.intercept_[0]

    def scores(self, model):
        """Of all texts."""
        most_serious = self.stretches.most_serious(*model) + ALONE * self.pieces.most_serious(*model)
        return most_serious - LENGTH * np.log(np.minimum(self.pieces.counts, MAX_COUNTED))


def rows_of(counts, columns):
    """Divided by the root of how many features there are, as screen/weights.rs does: a long text has more of everything."""
    values, indices, starts = [], [], [0]
    for count in counts:
        scale = 1 / np.sqrt(max(1, sum(count.values())))
        known = [(columns[name], n) for name, n in count.items() if name in columns]
        indices += [at for at, _ in known]
        values += [n * scale for _, n in known]
        starts.append(len(indices))
    shape = (len(counts), len(columns))
    return csr_matrix((np.array(values), np.array(indices, np.int32), np.array(starts, np.int32)), shape)


def models(corpus, labels, at):
    """For danger against what is harmless: worry is neither. For worry and danger against what is harmless."""
    return corpus.learned(at[labels[at] != "worry"], labels == "danger"), corpus.learned(at, labels != "none")


def judged_by_others(corpus, labels, authors):
    """For danger and for worry, what each text is given by models that its author did not teach."""
    scores = np.zeros((len(labels), 2))
    names = sorted(set(authors))
    for fold in range(FOLDS):
        own = np.isin(authors, names[fold::FOLDS])
        for level, model in enumerate(models(corpus, labels, np.flatnonzero(~own))):
            scores[own, level] = corpus.scores(model)[own]
    return scores


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
        corpus = Corpus(words)
        labels, authors = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
        scores = judged_by_others(corpus, labels, authors)
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
        danger, worry = models(corpus, labels, np.arange(len(rows)))
        number = lambda value: str(int(np.clip(round(1000 * value), -32767, 32767)))
        lines = [
            "# Learned by seeds/crisis/train.py: feature, weight for danger, weight for worry, in thousandths.",
            "\t".join(["bias", number(danger[1]), number(worry[1])]),
            "\t".join(["threshold", number(found[0][1]), number(found[1][1])]),
            "\t".join(["threshold with a rule", number(found[0][2]), number(found[1][2])]),
        ]
        for name, *both in zip(corpus.names, danger[0], worry[0]):
            weights = [number(weight) for weight in both]
            if weights != ["0", "0"]:
                lines.append("\t".join([name, *weights]))
        (HERE / "weights").mkdir(exist_ok=True)
        (HERE / f"weights/{language}.tsv").write_text("\n".join(lines) + "\n")
        print(f"{language}: {len(lines) - 4} features, thresholds {found}")


main()
