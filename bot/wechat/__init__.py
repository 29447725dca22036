"""The WeChat door: pushes in, replies out, calls to the platform. Facts and section numbers: wechat-platform.md."""
