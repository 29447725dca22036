"""The WeChat platform in a box, with a phone page: it signs, encrypts, repeats, counts and refuses as the real one.

It shares no code with bot.wechat and imports nothing of bot outside bot.sim: neither can hide the other's mistakes.
"""
