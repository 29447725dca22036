"""Values for the store tests; every optional field of the stored nouns is filled somewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.clock import SHANGHAI
from bot.core.platform import Window, WindowKind
from bot.core.ports import LogLine, Said
from bot.core.push import Channel, CitizenId, Push, PushKey, Text, citizen_key
from bot.core.reply import Article, Choice, Image, News, Target, Transfer
from bot.core.reply import Text as TextReply
from bot.core.session import Exchange, Floor, Frame, Rateable, Session

NOW = datetime(2026, 3, 4, 9, 30, 15, 123456, SHANGHAI)
OPENID = "oVW5e6plainopenidthatnobodymaysee"
SECRET = "a secret key of the tests, long enough"
WORDS = "我的行驶证昨天在菜市场丢了"
KEY = PushKey("m:1001")
NEXT_KEY = PushKey("m:1002")
WHO = citizen_key(Channel.WECHAT, OPENID)

CHOICE = Choice("补领驾驶证", "补领", Target("entry:B05-001"))
REPLY = TextReply("请带身份证。", (CHOICE,), (("网上办理", "https://gab.122.gov.cn"),), "回复数字选择")
REPLIES = (
    REPLY,
    News((Article("标题", "说明", "https://example.org", "https://example.org/p.png"),)),
    Image("media-1"),
    Transfer("kf@1"),
)
SAID = Said(REPLIES, NOW, "entry:B05-001", "sure", (("B05-001", 0.93), ("B05-002", 0.5)))
SESSION = Session(
    citizen=CitizenId("c" * 32),
    offers=(CHOICE,),
    rest=(TextReply("第二页"),),
    node=Target("category:B05"),
    recent=(Exchange("驾驶证丢了", Target("entry:B05-001"), NOW),),
    floor=Floor.OFFICER,
    misses=2,
    rateable=Rateable(PushKey("m:1"), Target("entry:B05-001"), "abc123", -1),
    frames=(
        Frame("renewal", "f00d", "age", NOW, (("expiry", "2027-03-05"),), "2027-03", 1, ((), (("expiry", "long"),))),
        Frame("renewal", "f00d", "", NOW),
    ),
)
PUSH = Push(KEY, Channel.WECHAT, OPENID, "gh_1", NOW, Text(WORDS, "menu-1"))


def window(kind: WindowKind = WindowKind.MESSAGE, left: int = 5, lasts: timedelta = timedelta(hours=48)) -> Window:
    """A window that opens at NOW. Windows keep milliseconds."""
    return Window(kind, left, NOW.replace(microsecond=123000) + lasts)


def line(key: str = KEY, citizen: str = "", at: datetime = NOW) -> LogLine:
    """A line of the answer log, with its words masked."""
    return LogLine(
        push_key=PushKey(key),
        citizen=CitizenId(citizen),
        channel=Channel.WECHAT,
        at=at,
        said="我的车牌〔车牌〕",
        handler="answer",
        decision="sure",
        answer="entry:B05-001",
        version="abc123",
        category="B05",
        candidates=(("B05-001", 0.93), ("B05-002", 0.5)),
        reasons=("同义", "词"),
        release="r1",
        latency_ms=3.25,
        rating=None,
    )
