"""One normal form: width, case, script, fillers; and the slips of real life."""

from __future__ import annotations

from math import exp

import jieba
import pytest

from kb.context import context_of
from kb.cutter import table
from kb.load import load_content
from kb.release import lexicon_of
from kb.text import Lexicon, bigrams, folded, letters, normal, tokens


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("駕駛證丟了怎麼補辦", "驾驶证丢了怎么补办"),
        ("Ｃ１能開什麼車？", "c1能开什么车"),
        ("请问一下，进京证怎么办？谢谢", "进京证怎么办"),
        ("你好，麻烦问下限行几点结束呀", "限行几点结束"),
        ("进京证😀到期[微笑]", "进京证到期"),
        ("补驾照 材料", "补驾照 材料"),
        ("京A·12345限行吗", "京a 12345限行吗"),
        ("罚\u200b款\u0007多少", "罚款多少"),
        ("12分扣完了！！！", "12分扣完了"),
        ("超速20%", "超速20%"),
    ],
)
def test_normal(text: str, plain: str) -> None:
    assert normal(text) == plain
    assert normal(plain) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("　菜单！", "菜单"),
        ("？", "?"),
        ("MENU", "menu"),
        ("第１个。", "第1个"),
        ("①", "1"),
        ("转让登记(二手车过户)", "转让登记（二手车过户）"),
        ("[微笑]", ""),
        ("😀", ""),
    ],
)
def test_folded(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_a_greeting_alone_is_not_silenced() -> None:
    assert normal("你好") == "你好"
    assert normal("谢谢！") == "谢谢"


SLIPS = [
    ("本儿丢了", "驾驶证丢失"),
    ("驾本到期", "驾驶证到期"),
    ("架照丢了", "驾驶证丢失"),
    ("驾招换证", "驾驶证换证"),
    ("进京政咋办", "进京证怎么办"),
    ("进京正到期", "进京证到期"),
    ("年剪过期", "年检到期"),
    ("年减去哪", "年检哪里"),
    ("验车带啥", "年检材料"),
    ("限好几点", "限行几点"),
    ("线号查询", "限行查询"),
    ("违章咋处理", "违法怎么办"),
    ("违张查询", "违法查询"),
    ("大绿本丢了", "登记证书丢失"),
    ("铁牌子", "号牌"),
    ("临牌到期", "临时号牌到期"),
    ("大本年审", "大型车驾驶证审验"),
    ("小本增驾", "小型汽车驾驶证增驾"),
    ("摩拖上牌", "摩托车上牌"),
    ("剐蹭怎么处理", "剐蹭怎么办"),
    ("刮蹭私了", "剐蹭快速处理"),
    ("电驴上牌", "电动自行车上牌"),
    ("电瓶车头灰", "电动自行车头盔"),
    ("酒驾罚多少", "酒后驾驶罚款"),
    ("闯红登扣几分", "闯红灯记分"),
    ("科二挂科", "科目二挂科"),
    ("约考", "预约考试"),
    ("解押手续", "解除抵押材料"),
    ("卖分", "买分卖分"),
    ("老头乐上牌", "老年代步车上牌"),
]


@pytest.mark.parametrize(("said", "meant"), SLIPS, ids=[said for said, _ in SLIPS])
def test_slips_mean_what_people_mean(said: str, meant: str) -> None:
    assert lexicon_of(load_content().synonyms).meant(normal(said)) == meant


def test_there_are_at_least_eighty_slips_and_none_leads_two_ways() -> None:
    slips = load_content().synonyms.slips
    said = [word for slip in slips for word in slip.says]
    assert len(said) >= 80
    assert len(said) == len(set(said))


def test_a_word_that_only_looks_like_a_slip_is_kept() -> None:
    lexicon = Lexicon((), {"扣分": "记分", "不扣分": "不扣分"})
    assert lexicon.meant("扣分吗 不扣分吗") == "记分吗 不扣分吗"


def test_our_words_are_not_cut() -> None:
    assert tokens("外地车进京证怎么办", Lexicon(["进京证", "外地车"])) == ["外地车", "进京证", "怎么办"]
    assert "进京证" not in tokens("外地车进京证怎么办")


def test_words_are_cut_as_jieba_cuts_them() -> None:
    logs, total = table()
    plain = jieba.Tokenizer()
    plain.FREQ = {word: round(exp(value) * total) if value > -1e8 else 0 for word, value in logs.items()}
    plain.total, plain.initialized = total, True
    for entry in load_content().entries:
        for said in map(normal, (entry.question, *entry.similar)):
            assert tokens(said) == [word for word in plain.lcut(said, HMM=False) if not word.isspace()]


def test_pairs_never_cross_a_space() -> None:
    assert bigrams("补证 料 c1") == ["补证", "料", "c1"]
    assert letters("补 证") == ["补", "证"]


def test_a_word_asks_for_one_facet_and_names_nothing_else() -> None:
    synonyms = load_content().synonyms
    said = [word for facet in synonyms.facets for word in facet.says]
    assert len(said) == len(set(said))
    assert not set(said) & set(synonyms.small)
    assert {facet.part for facet in synonyms.facets} <= {"", "材料", "步骤", "渠道", "期限", "费用", "依据"}


def test_no_wording_of_the_base_is_bare_but_a_few_about_business_in_general() -> None:
    content = load_content()
    context = context_of(content.synonyms)
    bare = [said for entry in content.entries for said in (entry.question, *entry.similar) if context.bare(said)]
    assert len(bare) <= 0.003 * content.phrasings, bare
