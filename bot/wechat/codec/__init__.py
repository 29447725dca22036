"""codec: requests of the platform ⇒ Push, XML ⇒ bytes it accepts. Pure and synchronous; the only home of wechatpy."""

from bot.wechat.codec.door import Door, DoorConfig, Mode, Opened

__all__ = ["Door", "DoorConfig", "Mode", "Opened"]
