"""Plain methods to measure ourselves against, on the same split. Needs scikit-learn, which no worker imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.svm import LinearSVC

from kb.faq import Ranking, Split
from kb.text import bigrams, normal, tokens

K1, B = 1.5, 0.75


def _phrasings(split: Split) -> tuple[list[str], NDArray[np.intp]]:
    pairs = [(normal(phrase), row) for row, group in enumerate(split.groups) for phrase in group.phrases]
    return [text for text, _ in pairs], np.array([row for _, row in pairs])


def _asked(split: Split) -> list[str]:
    return [normal(question) for question, _ in split.queries]


def _by_best_phrasing(table: NDArray[np.floating], rows: NDArray[np.intp]) -> list[Ranking]:
    """Rows by their best phrasing, one ranking a query."""
    first = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
    best = np.maximum.reduceat(table, first, axis=1)
    return [rows[first][np.argsort(-line, kind="stable")].tolist() for line in best]


def _bm25(split: Split, cut: Callable[[str], Sequence[str]]) -> list[Ranking]:
    texts, rows = _phrasings(split)
    counter = CountVectorizer(analyzer=cut)
    counts = counter.fit_transform(texts).tocsr().astype(np.float64)
    length = np.asarray(counts.sum(axis=1)).ravel()
    holders = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = np.log1p((len(texts) - holders + 0.5) / (holders + 0.5))
    damp = K1 * (1 - B + B * length / max(length.mean(), 1e-9))
    weights = counts.tocoo()
    weights.data = idf[weights.col] * weights.data * (K1 + 1) / (weights.data + damp[weights.row])
    asked = (counter.transform(_asked(split)) > 0).astype(np.float64)
    return _by_best_phrasing((asked @ weights.tocsr().T).toarray(), rows)


def bm25_word(split: Split) -> list[Ranking]:
    """BM25 over the words jieba cuts."""
    return _bm25(split, tokens)


def bm25_char(split: Split) -> list[Ranking]:
    """BM25 over neighbouring characters."""
    return _bm25(split, bigrams)


def tfidf(split: Split) -> list[Ranking]:
    """Cosine of TF-IDF over single characters and bigrams."""
    texts, rows = _phrasings(split)
    vectorizer = _vectorizer()
    known = vectorizer.fit_transform(texts)
    return _by_best_phrasing((vectorizer.transform(_asked(split)) @ known.T).toarray(), rows)


def rapidfuzz_ratio(split: Split) -> list[Ranking]:
    """Edit similarity with the nearest phrasing."""
    texts, rows = _phrasings(split)
    return _by_best_phrasing(process.cdist(_asked(split), texts, scorer=fuzz.ratio), rows)


def linear_svm(split: Split) -> list[Ranking]:
    """One class a group, over TF-IDF."""
    texts, rows = _phrasings(split)
    if len(set(rows.tolist())) < 2:
        return [[0] for _ in split.queries]
    vectorizer = _vectorizer()
    judge = LinearSVC(random_state=0).fit(vectorizer.fit_transform(texts), rows)
    table = np.asarray(judge.decision_function(vectorizer.transform(_asked(split))))
    if table.ndim == 1:
        table = np.column_stack((-table, table))
    return [judge.classes_[np.argsort(-line, kind="stable")].tolist() for line in table]


def _vectorizer() -> Any:
    return TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)


BASELINES: Mapping[str, Callable[[Split], list[Ranking]]] = {
    "bm25_word": bm25_word,
    "bm25_char": bm25_char,
    "tfidf": tfidf,
    "rapidfuzz": rapidfuzz_ratio,
    "linear_svm": linear_svm,
}
