"""What is wrong, in the words of editors: the one home of the Chinese wording of each kind of problem.

An editor sees an item, a field, the words that are meant and what to do; files, lines and English are for the shell.
"""

from __future__ import annotations

FIELDS = {
    "id": "编号",
    "kind": "类型",
    "question": "标准问题",
    "similar": "相似问法",
    "answer": "答案",
    "online": "网上办理",
    "proxy": "代办",
    "appointment": "预约",
    "basis": "依据",
    "effective_from": "生效日期",
    "effective_to": "失效日期",
    "review_by": "复核期限",
    "audience": "适用人群",
    "related": "相关链接",
    "en": "英文",
    "title": "名称",
    "taxonomy": "小类",
    "version": "版本",
    "status": "状态",
    "preconditions": "办理前确认",
    "materials": "材料",
    "steps": "步骤",
    "channels": "办理渠道",
    "time_limit": "期限",
    "fee": "费用",
    "result": "办理结果",
    "next": "后续事项",
    "mistakes": "常见错误",
    "rejections": "退办原因",
    "unit": "单位",
    "escalation": "办不了时找谁",
    "relations": "相关",
    "value": "数值",
    "of": "数值含义",
    "applies_from": "适用起",
    "applies_to": "适用止",
    "law": "法规",
    "article": "条文",
    "checked_on": "核对日期",
    "verified": "核实程度",
    "note": "备注",
    "gold": "正确条目",
    "half": "用途",
    "categories": "分类",
    "offer": "随后提供",
    "says": "说法",
}
"""Fields of all kinds of items as editors know them."""

KINDS = {
    "entry": "{0}",
    "procedure": "流程{0}",
    "fact": "数值{0}",
    "golden": "验收问题“{0}”",
    "courtesy": "寒暄{0}",
    "file": "分类表",
}

SAYS = {
    "alike": "只有{0}条问法与标准问题用字差别大，至少要{1}条。请换上市民平时的说法。",
    "basis": "没有写明依据哪一条。请补上法规条文。",
    "checked_on": "核对日期{0}晚于法规文本的日期{1}。请填写实际核对的日期。",
    "cite.unknown": "法规表里没有“{0}”。请改为表里有的法规。",
    "cite.article": "“{0}”里没有{1}。请核对条文号。",
    "cite.points": "“{0}”是要点，不是法规原文。请改引法规原文，或者把依据的类型改为要点。",
    "cite.which": "引用了“{0}”，没有写第几条。请补上条文号。",
    "empty": "{0}“{1}”下面没有问题。请至少留一条。",
    "expired.order": "结束的日期早于开始的日期。请改正日期。",
    "expired.ended": "已在{0}失效。请改失效日期，或者撤下。",
    "expired.status": "状态是已失效。请撤下，或者改状态。",
    "fact_twice": "同一数值已经有了，编号是{0}。请直接引用它。",
    "figure": "直接写了数值“…{0}…”。请改为引用数值，写成 {{fact:编号}}；没有这个数值的，先登记再引用。",
    "file": "放错了文件，应在{0}里。请联系维护知识文件的同事。",
    "form": "文件不是规范格式。请联系维护知识文件的同事。",
    "golden_known": "验收问题与{0}的问法相同。请换一种说法。",
    "link.nowhere": "“{0}”打不开。请改为现有的条目或流程，或者删去。",
    "link.itself": "链接指向了自己。请删去。",
    "link.service": "没有叫“{0}”的服务。请改正或者删去。",
    "link.gold": "正确条目“{0}”不存在。请改正。",
    "link.alias": "“{0}”不是小类代码。请改正。",
    "mould.begin": "{0}条问法都以“{1}”开头。请把几条换一种说法。",
    "mould.end": "{0}条问法都以“{1}”结尾。请把几条换一种说法。",
    "near_duplicate": "与{0}“{1}”问的是同一件事。请合并到那一条，或者把问题写得不一样。",
    "noted.amended": "“{0}”{1}已有修改。请同时引用“{2}”。",
    "noted.old": "“{0}”是旧文本，不能引用其中的条文。请改引现行法规。",
    "orphan": "没有对应的小类。请核对编号。",
    "owner": "{0}没有主责单位。请补上。",
    "practice": "业务惯例不能引用条文。请删去条文，或者改依据的类型。",
    "promise": "“{0}”是承诺或者不当用语。请删去，或者换成条文里的说法。",
    "review": "应在{0}前复核，已经过期。请核对内容，再改复核期限。",
    "same_wording.entry": "“{0}”已经是{1}的问法。请换一种说法，或者删去。",
    "same_wording.group": "“{0}”在寒暄{1}里已经有了。请删去一处。",
    "shape": "内容不完整，或者格式有误，读不出来。请联系维护知识文件的同事。",
    "similar": "只有{0}条问法，至少要{1}条。请再写几条市民平时的说法。",
    "style": "答案有{0}个字，最多{1}个。请删短，或者分成两条。",
    "taxonomy.categories": "大类有{0}个，应为{1}个。",
    "taxonomy.subcategories": "小类有{0}个，应为{1}个，而且不能重复。",
    "taxonomy.under": "小类{0}放在了大类{1}下面。",
    "twin": "与{0}的答案几乎相同（{1}%）。请合并，或者写出两条的区别。",
    "unknown_fact": "没有编号为“{0}”的数值。请核对编号。",
    "unverified": "数值“{0}”还没有核实，不能写进答案。请先核实，或者不写数值。",
    "verified": "依据是要点，核实程度不能写成法规原文。请改核实程度。",
    "visit.ways": "网上办理、代办、预约只写了一部分。请三项都写，或者都不写。",
    "visit.window": "要去窗口办，但没有写能不能{0}。请补上。",
    "when": "办理前确认里的条件有误（{0}）。请联系维护知识文件的同事。",
    "golden.new": "是新增的，{0}。可以补上相应的条目或者问法。",
    "golden.worse": "原来{0}，现在{1}。请对照改动，看是不是删去了市民常用的说法。",
    "golden.gone": "被删去了。请确认不再需要。",
    "gone": "“{0}”不见了。要撤下条目，请先填写失效日期。",
    "shrunken": "条目比现行版本少{0}条，一次最多少{1}条。请分几次撤下。",
}
"""By the kind of a problem, and by its case where a kind has several; the numbers stand for what it is about."""


def says(kind: str, *about: object) -> str:
    """One or two sentences: what is wrong, and what to do."""
    return SAYS[kind].format(*about)


def item_name(key: str) -> str:
    """An item as editors call it: entry:B05-001 is B05-001, fact:F-B05-01@2022-04-01 is 数值F-B05-01."""
    kind, _, name = key.partition(":")
    return KINDS.get(kind, "{0}").format(name.partition("@")[0] if kind == "fact" else name)


def field_name(field: str) -> str:
    """A field as editors know it; empty for one that editors never see."""
    return FIELDS.get(field, "")
