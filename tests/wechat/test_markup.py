"""Words, links and choices as text content; nothing live but what is ours."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.reply import Choice, Target, Text
from bot.wechat.limits import LINE_BYTES, TEXT_BYTES
from bot.wechat.markup import choice_line, content, joined, link_line, plain
from bot.wechat.paging import LEAST_BYTES, MORE, pages, size_bytes

FUZZ = settings(max_examples=300, deadline=None, database=None)
OURS = re.compile(
    r'<a href="(weixin://bizmsgmenu\?msgmenucontent=([^"&<> ]*)&msgmenuid=(\d+)|https?://[^"<>\s]*)">([^<\n]*)</a>'
)
"""The only live things a content may hold."""


def choice(label: str, say: str = "", target: str = "help") -> Choice:
    return Choice(label, say or label, Target(target))


# ── one text ──────────────────────────────────────────────────────────────────────────────────────────────


def test_text_with_everything() -> None:
    text = Text(
        "补证这样办。", (choice("补证材料"), choice("返回")), (("12123", "https://gab.122.gov.cn"),), "也可以直接打字。"
    )
    assert content(text) == (
        "补证这样办。\n\n"
        '<a href="https://gab.122.gov.cn">12123</a>\n\n'
        '1. <a href="weixin://bizmsgmenu?msgmenucontent=补证材料&msgmenuid=1">补证材料</a>\n'
        '2. <a href="weixin://bizmsgmenu?msgmenucontent=返回&msgmenuid=2">返回</a>\n\n'
        "也可以直接打字。"
    )


def test_bare_words_stay_bare() -> None:
    assert content(Text("好的。")) == "好的。"


def test_numbers_run_on_over_several_texts() -> None:
    words = joined((Text("一", (choice("甲"), choice("乙"))), Text("二", (choice("丙"),)), Text("")))
    assert [match[3] for match in OURS.finditer(words)] == ["1", "2", "3"]
    assert "乙</a>\n\n二\n\n3. <a" in words


@pytest.mark.parametrize(
    ("say", "encoded"),
    [
        ("驾驶证", "驾驶证"),
        ("C1&C2", "C1%26C2"),
        ('100% "a"+<b>', "100%25%20%22a%22%2B%3Cb%3E"),
        ("#1?x=y/z", "%231%3Fx%3Dy%2Fz"),
        ("两行\n一句", "两行%20一句"),
        ("a\x00b", "ab"),
        ("🚗", "🚗"),
    ],
)
def test_what_a_tap_says_is_encoded_where_it_must_be(say: str, encoded: str) -> None:
    line = choice_line(1, choice("x", say))
    assert f"msgmenucontent={encoded}&msgmenuid=1" in line
    assert unquote_plus(encoded) == " ".join(say.replace("\x00", "").split())


@pytest.mark.parametrize(
    "text",
    [
        '<a href="https://evil">点我</a>',
        "< a href='x'>",
        "</a>",
        "<\na href=x>",
        '<A HREF="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">',
        "weixin://dl/business",
        "WeiXin://scan",
        "weixin\x00://scan",
        "<\x00a href=x>",
        "]]><Content>",
        "]]\x08>",
        "]]]]>>",
    ],
)
def test_nothing_in_plain_words_is_live(text: str) -> None:
    shown = plain(text)
    assert "<" not in shown and "weixin://" not in shown.lower() and "]]>" not in shown and "\x00" not in shown
    label = content(Text(text, (choice(text),), ((text, "https://u"),), text))
    assert len(OURS.findall(label)) == 2 == label.count("<a ") == label.count("</a>")


def test_harmless_words_stay_as_they_are() -> None:
    text = "酒精≥80mg/100ml > 20；详见 https://gab.122.gov.cn/a?b=1&c=2 ]] [微信] weixin\n\t“好”🚗"
    assert plain(text) == text


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("https://a.cn/b?c=d&e=f", '<a href="https://a.cn/b?c=d&e=f">官网</a>'),
        ('https://a.cn/" onclick="x', '<a href="https://a.cn/%22%20onclick=%22x">官网</a>'),
        ("https://a.cn/]]><b>", '<a href="https://a.cn/]]%3E%3Cb%3E">官网</a>'),
        ("weixin://dl/business", "官网"),
        ("javascript:alert(1)", "官网"),
        ("https://a.cn/" + "x" * 700, "官网"),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, line: str) -> None:
    assert link_line("官网", url) == line


def test_line_too_long_for_a_link_is_shown_without_it() -> None:
    assert choice_line(3, choice("补证", "长" * 300)) == "3. 补证"
    long = choice_line(3, choice("长" * 300))
    assert long.startswith("3. 长长") and LINE_BYTES - 8 <= len(long.encode()) <= LINE_BYTES


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.text(
    st.one_of(st.sampled_from("驾驶证，。！？\n <>a]&👍🏽\u200d\u0301"), st.characters(exclude_categories=["Cs"])),
    max_size=60,
)
LONG = st.builds(lambda words, times: words * times, WORDS, st.integers(1, 80))
CHOICES = st.lists(st.builds(choice, WORDS, WORDS), max_size=30).map(tuple)
LINKS = st.lists(st.tuples(WORDS, WORDS.map("https://a.cn/{}".format)), max_size=12).map(tuple)
TEXTS = st.builds(Text, LONG, CHOICES, LINKS, WORDS)
SIZES = st.sampled_from((LEAST_BYTES, 1024, TEXT_BYTES))


@FUZZ
@given(TEXTS, SIZES)
def test_pages_lose_nothing_and_fit(reply: Text, limit: int) -> None:
    made = pages(reply, limit)
    assert "".join(page.text for page in made) == reply.text
    assert tuple(c for page in made for c in page.choices) == reply.choices
    assert tuple(link for page in made for link in page.links) == reply.links
    assert "".join(page.tail for page in made) == made[-1].tail == reply.tail
    assert all(size_bytes(page) <= limit for page in made)
    for page in made[:-1]:
        assert page != Text("")
        assert size_bytes(Text(page.text, (*page.choices, MORE), page.links)) <= limit


@FUZZ
@given(TEXTS, SIZES)
def test_pages_of_a_page_are_that_page(reply: Text, limit: int) -> None:
    made = pages(reply, limit)
    assert made == pages(reply, limit)
    assert all(pages(page, limit) == (page,) for page in made)


@FUZZ
@given(TEXTS)
def test_content_is_clean_whatever_it_is_made_of(reply: Text) -> None:
    shown = content(reply)
    assert OURS.sub("", shown).count("<") == 0
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t\x7f" and char < "\x80" for char in shown)
    assert "]]>" not in shown and shown == shown.strip()
    shown.encode()


def test_text_that_fits_is_one_page() -> None:
    text = Text("好", (choice("甲"),))
    assert pages(text) == (text,)


def test_long_text_is_cut_at_a_paragraph() -> None:
    paragraph = "机动车所有人应当在有效期内办理。" * 20
    made = pages(Text(f"{paragraph}\n\n{paragraph}\n\n{paragraph}", (choice("返回"),)))
    assert [page.text for page in made] == [f"{paragraph}\n\n{paragraph}\n\n", paragraph]
    assert made[-1].choices == (choice("返回"),)


@pytest.mark.parametrize(
    ("piece", "end"),
    [
        ("请带身份证到窗口。", "。"),
        ("他说：“可以办。”", "”"),
        ("one sentence here. ", "."),
        ("甲乙丙丁，", "，"),
        ("很长一行\n", "\n"),
    ],
)
def test_long_text_is_cut_where_a_piece_ends(piece: str, end: str) -> None:
    first, *rest = pages(Text(piece * 300))
    assert first.text.rstrip(" ").endswith(end) and len(rest) >= 1
    assert size_bytes(first) > TEXT_BYTES // 2


def test_address_in_the_words_is_not_torn() -> None:
    words = "详见" + "路" * 640 + " https://gab.122.gov.cn/views/inquiry.html?a=1&b=2,3:4 里面的说明"
    assert any("https://gab.122.gov.cn/views/inquiry.html?a=1&b=2,3:4" in page.text for page in pages(Text(words * 2)))


@pytest.mark.parametrize("character", ["👨‍👩‍👧", "👍🏽", "e\u0301", "🚗"])
def test_character_of_several_parts_is_not_torn(character: str) -> None:
    made = pages(Text(character * 1500), LEAST_BYTES)
    assert len(made) > 3 and all(page.text.startswith(character) and page.text.endswith(character) for page in made)


def test_endless_accents_are_torn_rather_than_kept_forever() -> None:
    made = pages(Text("e" + "\u0301" * 2000), LEAST_BYTES)
    assert len(made) > 3 and all(size_bytes(page) <= LEAST_BYTES for page in made)


def test_choices_that_do_not_fit_go_to_the_next_page() -> None:
    questions = tuple(choice(f"第{n}个常见问题的完整问法是什么呢") for n in range(1, 31))
    made = pages(Text("大家常问：", questions, tail="也可以打字。"))
    assert len(made) == 3 and made[0].text == "大家常问：" and made[1].text == ""
    assert [page.tail for page in made] == ["", "", "也可以打字。"]
    assert content(made[1]).startswith("1. <a ")


def test_limit_too_small_for_a_choice_is_refused() -> None:
    with pytest.raises(ValueError, match=str(LEAST_BYTES)):
        pages(Text("好"), LEAST_BYTES - 1)
