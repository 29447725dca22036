"""What is said in more than one place: help, where else a person is, and the line that asks for a vote."""

from __future__ import annotations

RATE_TAIL = "回复“有用”或“没用”，帮我改进。"
"""Below each answer from the knowledge base; the page makes two small buttons of it. It takes no number."""

HELP_TEXT = (
    "我是交警智能助手欣欣，可以这样用：\n"
    "· 直接打字问，例如“驾驶证丢了怎么补办”\n"
    "· 回复数字或点蓝字选择\n"
    "· 回复“菜单”按业务分类找，“返回”回上一级，“更多”看下一页\n"
    "· 回复“算算换证时间”算什么时候能换证，“我的提醒”看设好的提醒\n"
    "· 回复“人工”找工作人员\n"
    "我查不到您个人的驾驶证、车辆和违法记录，也不会向您要证件号码。"
)
DESK_TEXT = (
    "这会儿没能为您接通工作人员，请过几分钟再回复“人工”，您的问题我先尽力回答。急需处理的，也可以：\n"
    "· 打开“交管12123”APP，用里面的留言或在线客服\n"
    "· 到就近的车管所或交通支队窗口当面咨询\n"
    "· 拨打12123语音热线；不方便通话的，用前两种方式同样可以办\n"
    "有人受伤或情况危险，请直接拨打120、122。"
)
