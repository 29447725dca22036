"""What the citizens of the bench say: 60 % questions no two alike, 20 % menu, 20 % follow-up choices; and its filler."""

from __future__ import annotations

import itertools
import shutil
import time
from pathlib import Path
from random import Random

import yaml

from bot.sim import inbound
from bot.sim.config import Mode, SimConfig
from bot.sim.crypto import cipher_of
from bot.sim.inbound import Inbound
from bot.sim.wire import Head, Keys, Stamp, inbound_xml, wrap
from kb.load import load_content
from tests.bench.load import raw

CITIZENS = 400
MENU = ("菜单", "驾驶人业务", "机动车业务", "事故处理", "返回", "秩序管理", "综合服务", "法律法规")
WORDS = (
    "摩托 轿车 货车 客车 挂车 校车 行驶 登记 证书 检验 保险 审核 预约 窗口 异地 本市 郊区 高速 环路 隧道 夜间 早晚 高峰 周末 "
    "学员 教练 驾校 体检 照片 签名 委托 单位 公司 个人 老人 学生 军人 外籍 港澳 台胞 期限 材料 流程 费用 网上 手机 邮寄 自取 "
    "更正 补领 换领 注销 恢复 延期 撤销 申诉 复议 罚单 记分 拍照 超速 闯灯 违停 逆行 压线 改装 加装 贴膜 轮毂 车灯 喇叭"
).split()
HEADS = "怎么 哪里 能不能 需要 多久 什么时候 为什么 可以 是否 如何".split()


def filled_content(source: Path, target: Path, phrasings: int) -> Path:
    """A copy of the content with made-up entries until it holds so many phrasings. For measuring only."""
    shutil.copytree(source, target)
    content = load_content(source)
    have = sum(1 + len(entry.similar) for entry in content.entries)
    random = Random(7)
    codes = [sub.code for category in content.taxonomy.categories for sub in category.subcategories]
    missing = max(0, phrasings - have)
    made: dict[str, list[dict[str, object]]] = {}
    for number, code in zip(range(-(-missing // 8)), itertools.cycle(codes), strict=False):
        made.setdefault(code, []).append(_filler(code, 400 + number // len(codes), random))
    for code, entries in made.items():
        path = target / "entries" / f"{code}.yaml"
        path.write_text(
            (path.read_text() if path.exists() else "")
            + "\n"
            + yaml.safe_dump(entries, allow_unicode=True, sort_keys=False)
        )
    return target


def _filler(code: str, number: int, random: Random) -> dict[str, object]:
    def phrase() -> str:
        return "".join([*random.sample(WORDS, 3), random.choice(HEADS), *random.sample(WORDS, 2)])

    return {
        "id": f"{code}-{number:03d}",
        "kind": "answer",
        "question": phrase(),
        "similar": [phrase() for _ in range(7)],
        "answer": f"填充条目，仅供测速。{phrase()}。" * 8,
        "basis": {"kind": "practice", "cites": []},
        "effective_from": "2026-01-01",
        "review_by": "2030-01-01",
    }


def conversation(content: Path, count: int, seed: int, *, menu_only: bool = False) -> list[Inbound]:
    """So many messages in the fixed mix, shuffled the same way for the same seed."""
    random = Random(seed)
    known = [wording for entry in load_content(content).entries for wording in (entry.question, *entry.similar)]
    said: list[Inbound] = []
    for number in range(count):
        kind = "menu" if menu_only else random.choices(("question", "menu", "choice"), (6, 2, 2))[0]
        match kind:
            case "question":
                # A known wording with two words more: no two alike, and work for the whole search.
                said.append(inbound.text(f"{random.choice(known)}{random.choice(WORDS)}{random.choice(HEADS)}{number}"))
            case "menu":
                said.append(inbound.text(random.choice(MENU)))
            case _:
                said.append(inbound.text(str(random.randint(1, 4))))
    return said


def requests(config: SimConfig, port: int, said: list[Inbound], seed: int) -> list[bytes]:
    """The messages as encrypted requests of CITIZENS citizens, stamped now."""
    random = Random(seed)
    keys = Keys(config.token, cipher_of(config.app_id, config.aes_key))
    now = int(time.time())
    prepared = []
    for number, words in enumerate(said):
        head = Head(config.account, f"o{number % CITIZENS:027d}", now, (seed << 40) + number + 1)
        stamp = Stamp(str(now), str(random.randrange(10**9)))
        prepared.append(raw(wrap(inbound_xml(head, words), head, Mode.SECURE, keys, stamp, order=random), port))
    return prepared
