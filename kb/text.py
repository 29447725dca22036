"""One normal form for everything a citizen types and everything we know; and the words in it.

    folded   what was said, in one width, one case, one script, without emoji: for commands, labels, numbers
    normal   folded, without greetings and fillers at the edges and without punctuation: for search
    Lexicon  normal, with slips and popular names replaced; cut into words by jieba with our own words

Both sides of a search go through the same functions, so what they do to a text need not be pretty, only equal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from types import MappingProxyType

import opencc

from kb.cutter import Cutter, table

_UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\ufff9-\ufffd"
    "\U000e0000-\U000e01ef\ud800-\udfff\ue000-\uf8ff]+"
)
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u25a0-\u27bf\u2900-\u2bff\u20e3]+")
_STICKER = re.compile(
    r"\[(?:微笑|撇嘴|色|发呆|得意|流泪|害羞|闭嘴|睡|大哭|尴尬|发怒|调皮|呲牙|惊讶|难过|囧|抓狂|吐|偷笑|愉快|白眼|傲慢|困|惊恐|憨笑|悠闲|咒骂|"
    r"疑问|嘘|晕|衰|骷髅|敲打|再见|擦汗|抠鼻|鼓掌|坏笑|鄙视|委屈|快哭了|阴险|亲亲|可怜|笑脸|生病|脸红|破涕为笑|恐惧|失望|无语|嘿哈|捂脸|奸笑|机智|"
    r"皱眉|耶|吃瓜|加油|汗|天啊|emm|社会社会|旺柴|好的|打脸|哇|翻白眼|666|让我看看|叹气|苦涩|裂开|嘴唇|爱心|心碎|拥抱|强|弱|握手|胜利|抱拳|"
    r"勾引|拳头|ok|合十|啤酒|咖啡|蛋糕|玫瑰|凋谢|菜刀|炸弹|便便|月亮|太阳|庆祝|礼物|红包|发|福|烟花|爆竹|猪头|跳跳|发抖|转圈)\]|/::?[^\s\w]{1,3}"
)
_CHINESE_MARKS = str.maketrans(",!?;()", "，！？；（）")
_EDGE = " ，。！？；、…~～.·—-_"
_MARKS = re.compile(r"[^\w.%+#]+|_|(?<!\d)\.|\.(?!\d)")

_FILLERS = re.compile(
    r"^(?:请问(?:一下|下)?|你好|您好|喂|嗨|哈喽|hello|hi|麻烦(?:问一下|问下|您|你|了)?|打扰(?:一下|了)?|劳驾|不好意思|我?想(?:问|咨询|了解|请教)(?:一下|下)?|"
    r"(?:我|来)?(?:问|咨询|请教)(?:一下|下|个问题)|想知道|求助|求问|急+|在吗|在不在|那个|就是(?=我|想)|那什么|警官|警察同志|交警同志|民警同志|同志|师傅|欣欣警官|欣欣|"
    r"帮我(?:查一下|看一下|看看|查查)|有个问题|早上好|上午好|中午好|下午好|晚上好|各位)+"
    r"|(?:谢谢(?:您|你|了|啊)?|多谢|感谢|感激不尽|麻烦了|麻烦您了|拜托(?:了)?|辛苦了|急+|在线等|求解(?:答)?|求告知|求回复|求助|请(?:告知|回复|指教|解答)|哈|哦|喽|呗|啊|呀)+$"
)


@lru_cache(maxsize=512)
def folded(text: str) -> str:
    """What was said in one width, case and script, without emoji, stickers and control characters.

    Marks at the edges go, unless there is nothing else; marks inside take their Chinese form. Remembered for a
    while: the rules of one turn ask it of the same words again and again.
    """
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", _PICTURES.sub("", text)))
    plain = _PICTURES.sub("", _STICKER.sub("", _in_simplified(plain.lower()))).strip()
    core = plain.strip(_EDGE + ",!?;:")
    return " ".join((core or plain).translate(_CHINESE_MARKS).split()) if core else plain


@lru_cache(maxsize=512)
def normal(text: str) -> str:
    """The form that search compares: no fillers at the edges, marks and runs of space turned into one space.

    A text of nothing but greeting stays as it is folded: it is not for search to be silent about it.
    """
    plain = _MARKS.sub(" ", folded(text)).strip()
    while (core := _FILLERS.sub("", plain).strip()) != plain and core:
        plain = core
    return " ".join(plain.split())


def solid(text: str) -> str:
    """The normal form without its spaces: what two ways of asking are compared by, to see if they are the same."""
    return normal(text).replace(" ", "")


class Lexicon:
    """Our own words and the popular names and slips that mean them.

    words: what jieba must not cut. slips: said ⇒ meant, longest first wins; a word that only
    looks like a slip is said to mean itself.
    """

    def __init__(
        self,
        words: Iterable[str] = (),
        slips: Mapping[str, str] = MappingProxyType({}),
        elsewhere: Iterable[str] = (),
    ) -> None:
        self._slips = {normal(said): normal(meant) for said, meant in slips.items() if normal(said)}
        self._lengths: dict[str, list[int]] = {}
        for said in sorted(self._slips, key=len, reverse=True):
            lengths = self._lengths.setdefault(said[0], [])
            if len(said) not in lengths:
                lengths.append(len(said))
        self.elsewhere = frozenset(self.meant(normal(word)) for word in elsewhere)
        self._cutter = Cutter({*map(normal, words), *self._slips.values(), *self.elsewhere})

    def meant(self, plain: str) -> str:
        """A normal text with every slip replaced; text that already says it right is left alone."""
        # A table by first letter: a pattern of 800 alternatives takes ten times as long.
        parts: list[str] = []
        done = place = 0
        while place < len(plain):
            for length in self._lengths.get(plain[place], ()):
                if meant := self._slips.get(plain[place : place + length]):
                    parts += (plain[done:place], meant)
                    done = place = place + length
                    break
            else:
                place += 1
        return "".join((*parts, plain[done:])) if parts else plain

    def words(self, plain: str) -> list[str]:
        """The words of a normal text, in order; spaces are not words."""
        return [word for part in plain.split() for word in self._cutter.cut(part)]


def tokens(plain: str, lexicon: Lexicon | None = None) -> list[str]:
    """The words of a normal text; without a lexicon, as jieba alone cuts them."""
    return (lexicon or _bare()).words(plain)


def bigrams(plain: str) -> list[str]:
    """Neighbouring characters of a normal text, never across a space; a lone character stands for itself."""
    grams: list[str] = []
    for part in plain.split():
        grams.extend(part[i : i + 2] for i in range(len(part) - 1))
        if len(part) == 1:
            grams.append(part)
    return grams


def letters(plain: str) -> list[str]:
    """The single characters of a normal text."""
    return [letter for letter in plain if letter != " "]


def warm() -> None:
    """Load the tables of jieba and opencc now (about 0.3 s), so that no citizen waits for them."""
    _traditional()
    table()


@cache
def _bare() -> Lexicon:
    return Lexicon()


def _in_simplified(text: str) -> str:
    return text if _traditional().isdisjoint(text) else _simplified().convert(text)


@cache
def _simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """The characters that have a simplified form. Most texts have none, and asking costs a tenth of converting."""
    all_of_them = "".join(map(chr, (*range(0x3400, 0xA000), *range(0xF900, 0xFB00), *range(0x20000, 0x2FA20))))
    converted = _simplified().convert(all_of_them)
    return frozenset(one for one, other in zip(all_of_them, converted, strict=True) if one != other)
